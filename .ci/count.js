// Reads vitest's JSON report: fails when a test failed, was skipped, or when there was none.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const skipped = report.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status !== 'passed' && test.status !== 'failed');
for (const test of skipped) process.stdout.write(`skipped: ${test.fullName}\n`);
// A file that could not even be loaded has no test that failed.
const broken = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
);
for (const file of broken) process.stdout.write(`not loaded: ${file.name}\n`);
const bad =
  report.numFailedTests + report.numFailedTestSuites > 0 || skipped.length > 0 || report.numPassedTests === 0;
process.stdout.write(
  `${report.numPassedTests} passed, ${report.numFailedTests + broken.length + skipped.length} failed\n`,
);
process.exitCode = bad ? 1 : 0;
