import type { DatabaseStatus } from '../../src/contract/index.ts';
import { Cell } from '../parts/Cell.tsx';
import { Section } from '../parts/Section.tsx';
import { DenseTable } from './Part.tsx';
import { amount } from './words.ts';

/** From where on a reading counts as out of order, as the server tells it. */
export function Thresholds({ thresholds }: Pick<DatabaseStatus, 'thresholds'>) {
  return (
    <Section title="Thresholds">
      <details className="thresholds">
        <summary>From where on a reading is out of order</summary>
        <DenseTable caption="Thresholds" columns={['Reading', 'To know#', 'Attention#', 'Critical#']}>
          {thresholds.map(({ code, title, unit, info, warn, critical }) => {
            const tell = (value: number | null): string => (value === null ? '–' : amount(value, unit));
            return (
              <tr key={code}>
                <th scope="row">{title}</th>
                <Cell label="To know" className="number">
                  {tell(info)}
                </Cell>
                <Cell label="Attention" className="number">
                  {tell(warn)}
                </Cell>
                <Cell label="Critical" className="number">
                  {tell(critical)}
                </Cell>
              </tr>
            );
          })}
        </DenseTable>
      </details>
    </Section>
  );
}
