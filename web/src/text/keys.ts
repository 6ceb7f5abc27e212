// Characters that cannot be seen, or that change the order in which others are shown.
const unseen = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

// A key as it can be told from any other: such a character by its number.
export function keyText(key: string): string {
  return key.replace(unseen, (one) => {
    const code = one.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}
