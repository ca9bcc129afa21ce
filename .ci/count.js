// Reads vitest's JSON reports, names what failed, and fails when a test failed, was skipped, or a report has none.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const files = reports.flatMap((report) => report.testResults);
const skipped = files
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status !== 'passed' && test.status !== 'failed');
for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}\n`);
// Named again at the end, where a long log is read first.
for (const { name, assertionResults } of files) {
  for (const test of assertionResults.filter(({ status }) => status === 'failed')) {
    const why = (test.failureMessages[0] ?? '').split('\n', 3).join(' | ').slice(0, 300);
    process.stdout.write(`failed: ${name}: ${test.fullName}: ${why}\n`);
  }
}
// A file that could not even be loaded has no test that failed.
const broken = files.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
for (const file of broken) process.stdout.write(`not loaded: ${file.name}\n`);
const sum = (name) => reports.reduce((total, report) => total + report[name], 0);
const empty = reports.length === 0 || reports.some((report) => report.numPassedTests === 0);
const bad = sum('numFailedTests') + sum('numFailedTestSuites') > 0 || skipped.length > 0 || empty;
process.stdout.write(
  `${sum('numPassedTests')} passed, ${sum('numFailedTests') + broken.length + skipped.length} failed\n`,
);
process.exitCode = bad ? 1 : 0;
