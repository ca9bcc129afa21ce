declare module 'voucher-code-generator' {
  const voucher: { generate(options: { count: number; pattern: string; charset: string }): string[] };
  export default voucher;
}
