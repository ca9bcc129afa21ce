// npm takes a package with its provenance only where package.json names the repository that the workflow runs in.
import { readFileSync } from 'node:fs';

const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
const here = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
const named = `${repository?.url ?? ''}`.replace(/^git\+/, '').replace(/\.git$/, '');
if (named.toLowerCase() !== here.toLowerCase()) {
  const said = named === '' ? 'no repository' : `the repository ${named}`;
  process.stdout.write(
    `package.json names ${said}: run npm pkg set repository.type=git repository.url=git+${here}.git and commit it\n`,
  );
  process.exitCode = 1;
}
