import { useTrackToggle } from '@parley/client/vue';

const Toggle = {
  props: ['source', 'label'],
  setup: ({ source }) => useTrackToggle(source),
  template: `
    <button :aria-pressed="enabled" :disabled="pending" :title="error?.message" @click="toggle()">
      {{ label }} {{ enabled ? 'on' : 'off' }}
    </button>
  `,
};

export const Controls = {
  components: { Toggle },
  emits: ['leave'],
  template: `
    <div class="controls">
      <Toggle source="microphone" label="Microphone" />
      <Toggle source="camera" label="Camera" />
      <Toggle source="screen" label="Screen" />
      <button @click="$emit('leave')">Leave</button>
    </div>
  `,
};
