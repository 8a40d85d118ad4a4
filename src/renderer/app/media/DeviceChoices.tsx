import { Mic, Video, Volume2 } from 'lucide-react';
import { Select, type SelectOption } from '../design/Select.tsx';
import { useObservable } from '../session/use-observable.ts';
import type { DeviceChoice } from './device-list.ts';
import type { LocalMedia } from './local-media.ts';
import { DEVICE_TEXT } from './text.ts';

/** The camera, microphone and speaker to use. A choice acts at once and is remembered. */
export function DeviceChoices({ media, hideLabels }: { media: LocalMedia; hideLabels?: boolean }) {
  const { devices, chosen, camera, microphone } = useObservable(media.state);
  return (
    <>
      <DeviceSelect
        label={DEVICE_TEXT.camera}
        empty={DEVICE_TEXT.noCamera}
        icon={<Video size={16} aria-hidden="true" />}
        choices={devices.cameras}
        value={camera.deviceId ?? chosen.cameraId}
        hideLabel={hideLabels}
        onChange={(id) => void media.chooseCamera(id)}
      />
      <DeviceSelect
        label={DEVICE_TEXT.microphone}
        empty={DEVICE_TEXT.noMicrophone}
        icon={<Mic size={16} aria-hidden="true" />}
        choices={devices.microphones}
        value={chosen.microphoneId ?? microphone.deviceId}
        withDefault
        hideLabel={hideLabels}
        onChange={(id) => void media.chooseMicrophone(id)}
      />
      <DeviceSelect
        label={DEVICE_TEXT.speaker}
        empty={DEVICE_TEXT.noSpeaker}
        icon={<Volume2 size={16} aria-hidden="true" />}
        choices={devices.speakers}
        value={chosen.speakerId}
        withDefault
        hideLabel={hideLabels}
        onChange={(id) => media.chooseSpeaker(id)}
      />
    </>
  );
}

interface DeviceSelectProps {
  label: string;
  empty: string;
  icon: React.ReactNode;
  choices: readonly DeviceChoice[];
  value: string | undefined;
  withDefault?: boolean;
  hideLabel?: boolean | undefined;
  onChange: (id: string | undefined) => void;
}

function DeviceSelect({
  choices,
  value,
  withDefault,
  empty,
  onChange,
  hideLabel,
  ...rest
}: DeviceSelectProps) {
  const options: SelectOption[] = choices.map(({ id, label }) => ({ value: id, label }));
  if (options.length === 0) options.push({ value: '', label: empty });
  else if (withDefault) options.unshift({ value: '', label: DEVICE_TEXT.systemDefault });
  const known = options.some((option) => option.value === value) ? value : options[0]?.value;
  return (
    <Select
      {...rest}
      options={options}
      value={known ?? ''}
      disabled={choices.length === 0}
      hideLabel={hideLabel ?? false}
      onChange={(id) => onChange(id === '' ? undefined : id)}
    />
  );
}
