/** A column that an importer knows, beside that of the key. */
export interface TargetColumn {
  readonly name: string;
  readonly required?: boolean | undefined;
  /** What a cell must be; without it, one line of text. */
  readonly rule?: readonly [pattern: RegExp, message: string] | undefined;
  /** The importer passes an empty cell on as it is, which its server refuses. */
  readonly neverEmpty?: boolean | undefined;
}

/** A file that some software imports. */
export interface FileTarget {
  readonly kind: 'file';
  /** The software, as it writes its name. */
  readonly software: string;
  /** Where the columns are documented. */
  readonly document: string;
  /** `text`: one key a line and nothing else. */
  readonly style: 'text' | 'csv';
  readonly keyColumn: string;
  /** In their order. */
  readonly columns: readonly TargetColumn[];
  /** `all` columns stand in the header, or those that are `used`. */
  readonly header: 'all' | 'used';
  /** More rows are not read from one file. */
  readonly rowsPerFile?: number | undefined;
  /** Text beyond ASCII makes the import fail. */
  readonly ascii?: boolean | undefined;
  /** What else to say of columns that are used, by their name. */
  readonly advice?: Readonly<Record<string, string>> | undefined;
}

const COUNT = [/^(0|[1-9]\d*)$/, 'must be a whole number from 0 on'] as const;
const LIMIT = [/^(-1|0|[1-9]\d*)$/, 'must be a whole number from 0 on, or -1'] as const;
const ID = [/^[1-9]\d*$/, 'must be a whole number from 1 on'] as const;
const DATE = [/^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?$/, 'must be a date like 2026-01-31'] as const;
const TIME = [
  /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z?$/,
  'must be a time like 2026-01-31T00:00:00',
] as const;
const LENGTH = [
  /^(P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?)?$/,
  'must be an ISO 8601 duration like P1Y',
] as const;
const FLAG = [/^(true|false)$/i, 'must be true or false'] as const;
const EMAIL = [/^[^\s@]+@[^\s@]+$/, 'must be an e-mail address'] as const;

/**
 * License Manager for WooCommerce: the page that adds license keys in bulk (templates of the plugin,
 * https://wordpress.org/plugins/license-manager-for-woocommerce/) takes TXT and CSV: "One line per license key".
 */
export const LMFWC: FileTarget = {
  kind: 'file',
  software: 'License Manager for WooCommerce',
  document: 'https://wordpress.org/plugins/license-manager-for-woocommerce/',
  style: 'text',
  keyColumn: 'key',
  columns: [],
  header: 'all',
};

/** WC Key Manager: https://wckeymanager.com/docs/importing-keys/, "only the first 1000 keys". */
export const WC_KEY_MANAGER: FileTarget = {
  kind: 'file',
  software: 'WC Key Manager',
  document: 'https://wckeymanager.com/docs/importing-keys/',
  style: 'csv',
  keyColumn: 'key',
  columns: [
    { name: 'product_id', required: true, rule: ID },
    { name: 'validity_for', rule: COUNT },
    { name: 'expires_at', rule: DATE },
    { name: 'activation_limit', rule: COUNT },
  ],
  header: 'all',
  rowsPerFile: 1000,
};

/**
 * Cryptlex's importer: https://github.com/cryptlex/csv-importer, README.md, licenses.csv and main.js as of
 * commit 0664ffa; `validity` (seconds) is what it read before, and reads no more.
 */
export const CRYPTLEX_CSV: FileTarget = {
  kind: 'file',
  software: 'Cryptlex csv-importer',
  document: 'https://github.com/cryptlex/csv-importer',
  style: 'csv',
  keyColumn: 'key',
  columns: [
    { name: 'allowedActivations', rule: LIMIT, neverEmpty: true },
    { name: 'validity', rule: COUNT, neverEmpty: true },
    { name: 'subscriptionInterval', rule: LENGTH },
    { name: 'expiresAt', rule: TIME, neverEmpty: true },
    { name: 'createdAt', rule: TIME, neverEmpty: true },
    { name: 'order_id' },
    { name: 'email', rule: EMAIL },
    { name: 'firstName' },
    { name: 'lastName' },
  ],
  header: 'used',
  advice: {
    validity:
      'is read by older versions of the importer only, newer ones ignore it: use subscriptionInterval',
  },
};

/** LicenseSpring: https://docs.licensespring.com/management-api/license/import-licenses-from-csv */
export const LICENSESPRING: FileTarget = {
  kind: 'file',
  software: 'LicenseSpring',
  document: 'https://docs.licensespring.com/management-api/license/import-licenses-from-csv',
  style: 'csv',
  keyColumn: 'license__license_key',
  columns: [
    { name: 'product__short_code', required: true },
    { name: 'customer__email', rule: EMAIL },
    { name: 'customer__first_name' },
    { name: 'customer__last_name' },
    { name: 'customer__company_name' },
    { name: 'customer__phone' },
    { name: 'customer__reference' },
    { name: 'customer__address' },
    { name: 'customer__postcode' },
    { name: 'customer__state' },
    { name: 'customer__city' },
    { name: 'customer__country' },
    { name: 'order__store_id' },
    { name: 'order__type' },
    { name: 'order__is_test', rule: FLAG },
    { name: 'order__is_trial', rule: FLAG },
    { name: 'order__download_id' },
    { name: 'order__language' },
    { name: 'order__campaign_params' },
    { name: 'license__enabled', rule: FLAG },
    { name: 'license__max_activations', rule: COUNT },
    { name: 'license__allow_unlimited_activations', rule: FLAG },
    { name: 'license__validity_period' },
    { name: 'license__valid_duration' },
    { name: 'license__license_type' },
    { name: 'license__enable_maintenance_period', rule: FLAG },
    { name: 'license__maintenance_period' },
    { name: 'license__maintenance_duration' },
    { name: 'license__is_trial', rule: FLAG },
    { name: 'license__max_consumptions', rule: COUNT },
    { name: 'license__subscription_id' },
    { name: 'license__prevent_vm', rule: FLAG },
    { name: 'license__allow_overages', rule: FLAG },
    { name: 'license__max_overages', rule: COUNT },
    { name: 'license__reset_consumption', rule: FLAG },
    { name: 'license__consumption_period' },
    { name: 'license__trial_days', rule: COUNT },
    { name: 'license__is_floating', rule: FLAG },
    { name: 'license__is_floating_cloud', rule: FLAG },
    { name: 'license__floating_users', rule: COUNT },
    { name: 'license__note' },
    { name: 'license__max_license_users', rule: COUNT },
    { name: 'license__floating_timeout', rule: COUNT },
  ],
  header: 'used',
  ascii: true,
};
