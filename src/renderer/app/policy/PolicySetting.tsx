import { Lock } from 'lucide-react';
import {
  settingInfo,
  type Loser,
  type Provenance,
  type SettingKey,
} from '../../../shared/settings.ts';
import { sourceText } from '../settings/text.ts';
import { POLICY_TEXT, SOURCE_NAME, valueText, WHY_TEXT } from './text.ts';
import styles from './PolicySetting.module.css';

interface Props {
  setting: SettingKey;
  value: unknown;
  provenance: Provenance;
}

/** One setting: the value in force, who set it and where, and the values that it won over. */
export function PolicySetting({ setting, value, provenance }: Props) {
  const { origin, locked, losers, source } = provenance;
  return (
    <li className={styles.setting} data-setting={setting} data-source={source}>
      <div className={styles.name}>
        <p className={styles.title}>{settingInfo(setting).title}</p>
        <code className={styles.key}>{setting}</code>
      </div>
      <div className={styles.values}>
        <p className={styles.value}>{valueText(value)}</p>
        <p className={styles.source}>
          {locked && <Lock size={12} aria-hidden="true" />}
          <span>
            {sourceText(provenance)}
            {locked && source !== 'managed' && ` · ${POLICY_TEXT.locked}`}
            {origin !== undefined && <span className={styles.origin}> · {origin}</span>}
          </span>
        </p>
        {losers.length > 0 && (
          <ul className={styles.losers}>
            {losers.map((loser) => (
              <LosingValue key={`${loser.source} ${loser.origin}`} loser={loser} />
            ))}
          </ul>
        )}
      </div>
    </li>
  );
}

function LosingValue({ loser: { source, origin, value, why, problem } }: { loser: Loser }) {
  return (
    <li className={styles.loser}>
      <span className={styles.notUsed}>{POLICY_TEXT.notUsed}:</span> <s>{valueText(value)}</s>
      {` · ${SOURCE_NAME[source]}${origin === undefined ? '' : ` (${origin})`}: ${problem ?? WHY_TEXT[why]}`}
    </li>
  );
}
