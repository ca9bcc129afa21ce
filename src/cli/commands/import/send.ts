import { spokenTime } from '../../../core/vendors/server/import-time.js';
import { shownPath } from '../../../node/files/file-error.js';
import { previewRequests } from '../../../node/send/preview.js';
import type { SendRequestsOptions } from '../../../node/send/send-options.js';
import { sendRequests } from '../../../node/send/send-requests.js';
import type { SendProblem } from '../../../node/send/sending.js';
import type { Command, Context } from '../../command/command.js';
import { DONE, NO, OUTSIDE, UsageError } from '../../command/exit-code.js';
import { flagOf } from '../../command/flags.js';
import {
  type Arguments,
  count,
  flag,
  flagged,
  outputFile,
  seconds,
  text,
  valued,
} from '../../command/options.js';
import { grouped, Progress } from '../../command/progress.js';
import { jsonReport } from '../../reports/listing.js';
import { previewText, sendText } from '../../reports/send-report.js';

/** Problems that are told; the results hold all. */
const MOST_TOLD = 100;

/** `keywright send`: what `prepare` wrote, to the license server. */
export const sendCommand: Command = {
  name: 'send',
  operands: 'REQUESTS.jsonl [--results FILE] [--limit N] [options]',
  describe: 'Send what prepare wrote to the license server: each license once, whatever happens in between.',
  options: {
    'dry-run': flagged('show what would be sent, without secrets, and send nothing'),
    limit: valued('send so many requests, or show so many; the next run goes on', { value: 'N' }),
    results: outputFile('a CSV to write: reference, first group, outcome, status and server id of each key'),
    'with-keys': flagged('the whole keys, in the results and in what --dry-run shows'),
    journal: outputFile('what was begun and what is done; default REQUESTS.jsonl.journal'),
    'look-first': flagged('look for every license before sending it: the journal was lost'),
    rate: valued('requests a second; default what the manifest advises', { value: 'N' }),
    concurrency: valued('requests under way at once, at most (default 4)', { value: 'N' }),
    'base-url': valued('another server than the requests were prepared for, as for a trial'),
    'insecure-http': flagged('send secrets over http to another machine'),
    settle: valued('wait so long before looking up what got no reply (default 120)', { value: 'SECONDS' }),
    unpaged: flagged('the server lists all licenses in one reply, however many there are'),
    json: flagged('report as JSON on stdout'),
    quiet: flagged('report nothing but problems'),
  },
  examples: [
    ['What would be sent', 'send requests.jsonl --dry-run'],
    ['The first five, to see whether they arrive well', 'send requests.jsonl --limit 5'],
    [
      'All of it, with a row for each key: run it again whenever it stops',
      'send requests.jsonl --results results.csv',
    ],
  ],
  epilogue: [
    'Secrets come from the environment, by the names that prepare wrote, as CRYPTLEX_TOKEN.',
    'Exit 0: all licenses are there. 1: some were refused. 3: it stopped, or some are in doubt; run it again.',
    'HTTPS_PROXY and NO_PROXY are heeded. Never run one file in two places at once.',
  ].join('\n'),

  async run(args, context) {
    const [path, ...more] = context.operands;
    if (path === undefined || more.length > 0)
      throw new UsageError('send takes one file of requests: name what prepare wrote');
    return flag(args, 'dry-run') ? preview(path, args, context) : send(path, args, context);
  },
};

async function preview(path: string, args: Arguments, context: Context): Promise<number> {
  const shown = await previewRequests(path, optionsOf(args, context));
  await context.print(flag(args, 'json') ? jsonReport('send-preview', shown) : previewText(shown));
  return DONE;
}

async function send(path: string, args: Arguments, context: Context): Promise<number> {
  const quiet = flag(args, 'quiet');
  let progress: Progress | undefined;
  let told = 0;
  const say = (line: string) => {
    progress?.clear();
    context.say(line);
  };
  try {
    const report = await sendRequests(path, {
      ...optionsOf(args, context),
      onStart: ({ baseUrl, secrets, requests }) => {
        if (!quiet) say(`to ${baseUrl}${secrets.length > 0 ? ` with ${secrets.join(', ')}` : ''}`);
        progress = new Progress(context, requests, quiet, 'requests');
      },
      onProgress: (finished) => progress?.update(finished),
      onProblem: (problem) => {
        if (++told <= MOST_TOLD) say(problemText(path, problem));
      },
      onWait: (milliseconds, words) => {
        const time = spokenTime(Math.ceil(milliseconds / 1000));
        const why =
          words === null
            ? `some may be there already: they are looked up in ${time}`
            : `waits ${time}: ${words}`;
        if (!quiet) say(why);
      },
    });
    progress?.clear();
    if (told > MOST_TOLD) say(`${grouped(told - MOST_TOLD)} more problems are not shown`);
    if (report.stopped !== null) say(`stopped: ${report.stopped}`);
    if (flag(args, 'json')) await context.print(jsonReport('send', report));
    else if (!quiet) await context.print(sendText(report));
    if (report.stopped !== null || report.doubtful + report.stray > 0) return OUTSIDE;
    return report.refused > 0 ? NO : DONE;
  } finally {
    progress?.clear();
    if (context.signal.aborted) context.say('run the same command again: it goes on where this one ended');
  }
}

function problemText(path: string, { line, reference, message, option }: SendProblem): string {
  const flag = flagOf(option);
  const hint = flag === undefined ? '' : ` (${flag})`;
  return `${shownPath(path)}:${line}: ${reference === null ? '' : `${reference}: `}${message}${hint}`;
}

function optionsOf(args: Arguments, { inputs, io, signal }: Context): SendRequestsOptions {
  return {
    journal: text(args, 'journal'),
    results: text(args, 'results'),
    withKeys: flag(args, 'with-keys'),
    perSecond: rate(args),
    limit: count(args, 'limit'),
    lookFirst: flag(args, 'look-first'),
    concurrency: count(args, 'concurrency'),
    baseUrl: text(args, 'base-url'),
    insecureHttp: flag(args, 'insecure-http'),
    settleSeconds: seconds(args, 'settle'),
    unpaged: flag(args, 'unpaged'),
    env: io.env,
    inputs,
    signal,
  };
}

function rate(args: Arguments): number | undefined {
  const given = text(args, 'rate');
  if (given === undefined) return undefined;
  if (/^[0-9]{1,7}(\.[0-9]{1,6})?$/.test(given) && Number(given) > 0) return Number(given);
  throw new UsageError('--rate takes requests a second, as 8 or 0.5');
}
