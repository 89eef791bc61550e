import { useMediaElement, useParticipants, useTracks } from '@parley/client/vue';

const Video = {
  props: ['publication'],
  setup: (props) => ({ element: useMediaElement(() => props.publication.track) }),
  template: `<video ref="element" :data-source="publication.source" autoplay playsinline muted></video>`,
};

const Sound = {
  props: ['publication'],
  setup: (props) => ({ element: useMediaElement(() => props.publication.track) }),
  template: `<audio ref="element" autoplay></audio>`,
};

export const Tiles = {
  components: { Video, Sound },
  setup: () => ({
    participants: useParticipants(),
    screens: useTracks({ sources: ['screen'] }),
    camera: ({ publications }) => publications.find(({ source, paused }) => source === 'camera' && !paused),
    // Nobody wants to hear oneself.
    sounds: ({ isLocal, publications }) =>
      isLocal ? [] : publications.filter(({ kind }) => kind === 'audio'),
  }),
  template: `
    <div class="tiles">
      <figure v-for="{ name, publication } in screens" :key="publication.producerId">
        <Video :publication="publication" />
        <figcaption>{{ name }}’s screen</figcaption>
      </figure>
      <figure
        v-for="participant in participants"
        :key="participant.peerId"
        :data-peer-name="participant.name"
        :data-speaking="participant.speaking"
      >
        <Video v-if="camera(participant)" :publication="camera(participant)" />
        <Sound v-for="sound in sounds(participant)" :key="sound.producerId" :publication="sound" />
        <figcaption>{{ participant.name }}{{ participant.isLocal ? ' (you)' : '' }}</figcaption>
      </figure>
    </div>
  `,
};
