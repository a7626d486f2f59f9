interface CounterProps {
  readonly name: string;
  readonly count: number;
  readonly tone: 'plain' | 'good' | 'bad' | 'warn';
}

/** One number under its name, inside a `<dl className="counters">`. */
export function Counter({ name, count, tone }: CounterProps) {
  return (
    <div data-tone={tone}>
      <dt>{name}</dt>
      <dd>{count.toLocaleString('en')}</dd>
    </div>
  );
}
