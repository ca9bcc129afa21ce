import type { Command } from '../../command/command.js';
import { DONE, UsageError } from '../../command/exit-code.js';
import { COMPLETION_SCRIPTS } from '../../completion/completion-scripts.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `keywright completion`: what teaches a shell to complete command lines. */
export const completionCommand: Command = {
  name: 'completion',
  operands: SHELLS.join('|'),
  operandWords: SHELLS,
  describe: 'Print a script that makes TAB complete commands, options and their values.',
  options: {},
  examples: [
    ['For bash, in ~/.bashrc', 'completion bash'],
    ['For zsh, in ~/.zshrc behind compinit', 'completion zsh'],
    ['For fish, once', 'completion fish > keywright.fish'],
  ],
  epilogue: [
    'bash: source <(keywright completion bash)',
    'zsh: source <(keywright completion zsh)',
    'fish: keywright completion fish > ~/.config/fish/completions/keywright.fish',
  ].join('\n'),

  async run(_args, { operands, print }) {
    const shell = SHELLS.find((name) => name === operands[0]);
    if (shell === undefined || operands.length > 1) {
      throw new UsageError('completion takes the name of a shell: bash, zsh or fish');
    }
    await print(COMPLETION_SCRIPTS[shell]);
    return DONE;
  },
};
