import type { RequestsPreview } from '../../node/send/preview.js';
import type { SendReport } from '../../node/send/send-options.js';
import { counted, grouped } from '../command/progress.js';
import { listing } from './listing.js';

/** What came of sending, as lines. */
export function sendText(report: SendReport): string {
  const { baseUrl, requests, done, created, found, refused, doubtful, stray, open, calls } = report;
  const some = (name: string, count: number, what = '') =>
    count > 0 ? [[name, `${counted(count, 'request')}${what}`] as const] : [];
  return listing([
    ['to', baseUrl],
    ['done', `${grouped(done)} of ${counted(requests, 'request')}`],
    ['this run', `${grouped(created)} created, ${grouped(found)} found, ${counted(calls, 'HTTP request')}`],
    ...some('refused', refused, ': tried again by the next run'),
    ...some('in doubt', doubtful, ': looked up by the next run'),
    ...some('stray', stray, ': a license has another key'),
    ...some('to do', open),
    ['journal', report.journal],
    ...(report.results === null ? [] : [['results', report.results] as const]),
  ]);
}

/** What would be sent, request by request. */
export function previewText({ baseUrl, secrets, requests, shown }: RequestsPreview): string {
  const calls = shown.flatMap(({ line, calls }) =>
    calls.map(({ method, url, headers, body }) =>
      [
        `# line ${line}`,
        `${method} ${url}`,
        ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
        ...(body === undefined ? [] : [String(body)]),
        '',
      ].join('\n'),
    ),
  );
  const names = secrets.map(({ name, present }) => `${name}${present ? '' : ' (missing)'}`);
  const rest = requests - shown.length;
  return `${calls.join('\n')}\n${listing([
    ['to', baseUrl],
    ['secrets', names.join(', ')],
    ['to send', `${counted(requests, 'request')}${rest > 0 ? `, ${grouped(rest)} of them not shown` : ''}`],
  ])}`;
}
