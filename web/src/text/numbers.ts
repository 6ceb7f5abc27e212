export const dash = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function countText(count: number): string {
  return grouped.format(count);
}

// A label that another program made, as the page writes its own.
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// "1 object", "2,300 objects"
export function counted(count: number, what: string, several = `${what}s`): string {
  return `${countText(count)} ${count === 1 ? what : several}`;
}

export function dollars(value: number): string {
  if (value > 0 && value < 0.01) return 'under 0.01 USD';
  return `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} USD`;
}

export function dollarRange(low: number, high: number): string {
  const [from, to] = [dollars(low), dollars(high)];
  return from === to ? from : `${from.replace(' USD', '')} to ${to}`;
}
