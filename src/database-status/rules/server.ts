import { breachOf, percentText, type Rule } from './rule.ts';

const slowAnswer: Rule = ({ name, sections: { server }, commands }) =>
  server.value === null
    ? []
    : breachOf('slow_answer', server.value.connectMs, () => ({
        message: `a new connection to ${name} took ${Math.round(server.value?.connectMs ?? 0)} ms`,
        remedy: commands.inDatabase(
          "select wait_event_type, wait_event, count(*) from pg_stat_activity where state = 'active' group by 1, 2 order by 3 desc",
        ),
      }));

const monitorRole: Rule = ({ sections: { rights }, commands }) => {
  const { value } = rights;
  if (value === null) return [];
  return breachOf('monitor_role', value.monitor ? 0 : 1, () => ({
    message:
      value.instead === null
        ? `the role ${value.role} has no pg_monitor, so the server hides from it what other roles do`
        : `the role for this page cannot sign in (${value.instead}), and ${value.role} in its place has no pg_monitor: what other roles do is hidden`,
    remedy: commands.onServer(`grant pg_monitor to "${value.role.replaceAll('"', '""')}"`),
  }));
};

const connectionsUsed: Rule = ({ sections: { connections }, commands }) => {
  const { value } = connections;
  if (value === null) return [];
  const usable = Math.max(1, value.limit - value.reserved);
  return breachOf('connections_used', value.used / usable, () => ({
    message: `${value.used} of ${usable} connections of the server are in use (${percentText(value.used / usable)}), most by ${value.clients[0]?.application ?? 'nobody'}`,
    remedy: commands.onServer(
      'select application_name, usename, state, count(*), max(now() - state_change) as longest from pg_stat_activity group by 1, 2, 3 order by 4 desc',
    ),
  }));
};

/** What concerns the server and the way to it. */
export const serverRules: readonly Rule[] = [slowAnswer, monitorRole, connectionsUsed];
