import { ChatPanel } from './ChatPanel.ts';
import { ClosedScreen } from './ClosedScreen.ts';
import { ControlBar } from './ControlBar.ts';
import { ShortcutSheet } from './keyboard/ShortcutSheet.ts';
import { DevicePicker } from './DevicePicker.ts';
import { LevelBar } from './LevelBar.ts';
import { Notices } from './Notices.ts';
import { ParleyRoom } from './ParleyRoom.ts';
import { ParticipantTile } from './ParticipantTile.ts';
import { PeoplePanel } from './PeoplePanel.ts';
import { PreJoin } from './PreJoin.ts';
import { RoomView } from './RoomView.ts';
import { SettingsPanel } from './SettingsPanel.ts';
import { TroubleCard } from './TroubleCard.ts';
import { VideoGrid } from './VideoGrid.ts';

const elements: Record<string, CustomElementConstructor> = {
  'parley-level': LevelBar,
  'parley-device-picker': DevicePicker,
  'parley-prejoin': PreJoin,
  'parley-tile': ParticipantTile,
  'parley-grid': VideoGrid,
  'parley-control-bar': ControlBar,
  'parley-chat': ChatPanel,
  'parley-people': PeoplePanel,
  'parley-settings': SettingsPanel,
  'parley-notices': Notices,
  'parley-shortcut-sheet': ShortcutSheet,
  'parley-closed': ClosedScreen,
  'parley-trouble': TroubleCard,
  'parley-room-view': RoomView,
  // Last, so that its parts are there when it upgrades.
  'parley-room': ParleyRoom,
};

for (const [name, constructor] of Object.entries(elements)) {
  // A page may load the script twice.
  if (!customElements.get(name)) customElements.define(name, constructor);
}

declare global {
  interface HTMLElementTagNameMap {
    'parley-room': ParleyRoom;
  }
}
