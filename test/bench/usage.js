// Preloaded into every Node process that is measured: leaves the system's own accounting behind at its exit.
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const path = process.env['KEYWRIGHT_BENCH_USAGE'];
  if (path !== undefined) {
    writeFileSync(path, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, rss: maxRSS * 1024 }));
  }
});
