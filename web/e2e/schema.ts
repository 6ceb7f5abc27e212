// As much of JSON Schema as the API's document uses.
export interface Schema {
  $ref?: string;
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
}

export type Schemas = Record<string, Schema>;

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function isOf(types: string | string[], value: unknown): boolean {
  const found = typeOf(value);
  return [types].flat().some((each) => each === found || (each === 'number' && found === 'integer'));
}

function memberProblems(schema: Schema, value: object, all: Schemas, at: string): string[] {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const known = schema.properties ?? {};
  const missing = (schema.required ?? [])
    .filter((name) => !members.some(([each]) => each === name))
    .map((name) => `${at}.${name} is missing`);
  const others = members.flatMap(([name, member]) => {
    const of = known[name] ?? schema.additionalProperties ?? true;
    if (of === false) return [`${at}.${name} is not in the document`];
    return of === true ? [] : problems(of, member, all, `${at}.${name}`);
  });
  return [...missing, ...others];
}

// What of `value` is not as `schema` says, a line each.
export function problems(schema: Schema, value: unknown, all: Schemas, at = ''): string[] {
  if (schema.$ref) return problems(all[schema.$ref.split('/').pop()!]!, value, all, at);
  if (schema.oneOf) {
    const each = schema.oneOf.map((one) => problems(one, value, all, at));
    return each.find((found) => found.length === 0) ?? each[0]!;
  }
  if (schema.type && !isOf(schema.type, value)) {
    return [`${at} is ${typeOf(value)}, not ${[schema.type].flat().join(' or ')}`];
  }
  if (schema.enum && !schema.enum.includes(value)) return [`${at} is ${String(value)}`];
  if ('const' in schema && schema.const !== value) return [`${at} is ${String(value)}`];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      schema.items ? problems(schema.items, item, all, `${at}[${index}]`) : []);
  }
  return value !== null && typeof value === 'object' ? memberProblems(schema, value, all, at) : [];
}
