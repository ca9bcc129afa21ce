import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block: its language, its text, and the line it begins at, from 1. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly line: number;
}

/** What stands below one `## ` heading, and before the first of them. */
export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** The pages that strangers read, by their paths from the root. */
export function pages(): readonly string[] {
  const docs = markdownIn('docs').filter((path) => !path.startsWith('docs/cli/'));
  return ['README.md', 'SECURITY.md', ...docs, ...markdownIn('samples')];
}

/** The paths of all Markdown files below a folder, sorted. */
export function markdownIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
    .sort();
}

/** A page's text. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The sections of a page with the fenced blocks in them. */
export function sectionsOf(page: string): readonly Section[] {
  const sections: { title: string; blocks: Block[] }[] = [{ title: 'introduction', blocks: [] }];
  const lines = page.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    if (line.startsWith('## ')) sections.push({ title: line.slice(3), blocks: [] });
    const language = /^```(\w*)$/.exec(line)?.[1];
    if (language === undefined) continue;
    const start = index + 1;
    while (++index < lines.length && lines[index] !== '```');
    sections.at(-1)?.blocks.push({ language, text: lines.slice(start, index).join('\n'), line: start });
  }
  return sections;
}
