import type { Chapter } from './command/command.js';

/** The commands under the headings of the help, each loaded when it is asked for. */
export const CHAPTERS: readonly Chapter[] = [
  {
    heading: 'Keys',
    commands: {
      generate: async () => (await import('./commands/keys/generate.js')).generateCommand,
      format: async () => (await import('./commands/keys/format.js')).formatCommand,
      check: async () => (await import('./commands/keys/check.js')).checkCommand,
      dedupe: async () => (await import('./commands/keys/dedupe.js')).dedupeCommand,
      audit: async () => (await import('./commands/keys/audit.js')).auditCommand,
    },
  },
  {
    heading: 'Ledger',
    commands: {
      ledger: {
        describe: 'Keep the record of what was issued.',
        commands: {
          init: async () => (await import('./commands/ledger/ledger-init.js')).ledgerInitCommand,
          status: async () => (await import('./commands/ledger/ledger-status.js')).ledgerStatusCommand,
          batches: async () => (await import('./commands/ledger/ledger-batches.js')).ledgerBatchesCommand,
          find: async () => (await import('./commands/ledger/ledger-find.js')).ledgerFindCommand,
          import: async () => (await import('./commands/ledger/ledger-import.js')).ledgerImportCommand,
          copy: async () => (await import('./commands/ledger/ledger-copy.js')).ledgerCopyCommand,
          rotate: async () => (await import('./commands/ledger/ledger-rotate.js')).ledgerRotateCommand,
          verify: async () => (await import('./commands/ledger/ledger-verify.js')).ledgerVerifyCommand,
          void: async () => (await import('./commands/ledger/ledger-void.js')).ledgerVoidCommand,
        },
      },
    },
  },
  {
    heading: 'Import',
    commands: {
      prepare: async () => (await import('./commands/import/prepare.js')).prepareCommand,
      send: async () => (await import('./commands/import/send.js')).sendCommand,
    },
  },
  {
    heading: 'Sign',
    commands: {
      'bulk-create': async () => (await import('./commands/sign/bulk-create.js')).bulkCreateCommand,
      sign: async () => (await import('./commands/sign/sign.js')).signCommand,
      verify: async () => (await import('./commands/sign/verify.js')).verifyCommand,
      license: async () => (await import('./commands/sign/license.js')).licenseCommand,
      seal: {
        describe: 'Sign a whole batch once; each key is proven by it, offline, also after a compromise.',
        commands: {
          create: async () => (await import('./commands/seal/seal-create.js')).sealCreateCommand,
          endorse: async () => (await import('./commands/seal/seal-endorse.js')).sealEndorseCommand,
          prove: async () => (await import('./commands/seal/seal-prove.js')).sealProveCommand,
          verify: async () => (await import('./commands/seal/seal-verify.js')).sealVerifyCommand,
          audit: async () => (await import('./commands/seal/seal-audit.js')).sealAuditCommand,
          show: async () => (await import('./commands/seal/seal-show.js')).sealShowCommand,
        },
      },
      revocations: {
        describe: 'Publish which license keys are revoked, for apps that check licenses offline.',
        commands: {
          create: async () =>
            (await import('./commands/revocations/revocations-create.js')).revocationsCreateCommand,
          add: async () => (await import('./commands/revocations/revocations-add.js')).revocationsAddCommand,
          remove: async () =>
            (await import('./commands/revocations/revocations-remove.js')).revocationsRemoveCommand,
          show: async () =>
            (await import('./commands/revocations/revocations-show.js')).revocationsShowCommand,
          verify: async () =>
            (await import('./commands/revocations/revocations-verify.js')).revocationsVerifyCommand,
        },
      },
    },
  },
  {
    heading: 'Signing keys',
    commands: {
      keypair: {
        describe: 'Make and describe the key pairs that sign.',
        commands: {
          create: async () =>
            (await import('./commands/signing-keys/keypair-create.js')).keypairCreateCommand,
          show: async () => (await import('./commands/signing-keys/keypair-show.js')).keypairShowCommand,
        },
      },
      keyring: {
        describe: 'Keep the set of public keys that verifies.',
        commands: {
          add: async () => (await import('./commands/signing-keys/keyring-add.js')).keyringAddCommand,
          show: async () => (await import('./commands/signing-keys/keyring-show.js')).keyringShowCommand,
          retire: async () =>
            (await import('./commands/signing-keys/keyring-retire.js')).keyringRetireCommand,
          compromise: async () =>
            (await import('./commands/signing-keys/keyring-compromise.js')).keyringCompromiseCommand,
          remove: async () =>
            (await import('./commands/signing-keys/keyring-remove.js')).keyringRemoveCommand,
          sign: async () => (await import('./commands/signing-keys/keyring-sign.js')).keyringSignCommand,
          apply: async () => (await import('./commands/signing-keys/keyring-apply.js')).keyringApplyCommand,
        },
      },
    },
  },
  {
    heading: 'Shell',
    commands: {
      completion: async () => (await import('./commands/shell/completion.js')).completionCommand,
    },
  },
];
