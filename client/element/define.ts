import { CaptionLayer } from './captions/CaptionLayer.ts';
import { NetworkTest } from './callTest/NetworkTest.ts';
import { ChatComposer } from './chat/ChatComposer.ts';
import { FileCard } from './chat/FileCard.ts';
import { ChatPanel } from './ChatPanel.ts';
import { ClosedScreen } from './ClosedScreen.ts';
import { CallCards } from './conduct/CallCards.ts';
import { HandControls } from './conduct/HandControls.ts';
import { HostPanel } from './conduct/HostPanel.ts';
import { InviteCard } from './conduct/InviteCard.ts';
import { LeaveControl } from './conduct/LeaveControl.ts';
import { Menu } from './conduct/Menu.ts';
import { ReactionLayer } from './conduct/ReactionLayer.ts';
import { SpeakerTest } from './conduct/SpeakerTest.ts';
import { WaitingScreen } from './conduct/WaitingScreen.ts';
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
import { StageArea } from './stage/StageArea.ts';
import { TileMenu } from './stage/TileMenu.ts';
import { ViewMenu } from './stage/ViewMenu.ts';
import { StatisticsPanel } from './statistics/StatisticsPanel.ts';
import { TroubleCard } from './TroubleCard.ts';
import { VideoGrid } from './VideoGrid.ts';

const elements: Record<string, CustomElementConstructor> = {
  'parley-level': LevelBar,
  'parley-menu': Menu,
  'parley-network-test': NetworkTest,
  'parley-speaker-test': SpeakerTest,
  'parley-waiting': WaitingScreen,
  'parley-hand-controls': HandControls,
  'parley-leave-control': LeaveControl,
  'parley-reactions': ReactionLayer,
  'parley-captions': CaptionLayer,
  'parley-call-cards': CallCards,
  'parley-invite': InviteCard,
  'parley-host': HostPanel,
  'parley-file': FileCard,
  'parley-composer': ChatComposer,
  'parley-device-picker': DevicePicker,
  'parley-prejoin': PreJoin,
  'parley-tile': ParticipantTile,
  'parley-grid': VideoGrid,
  'parley-tile-menu': TileMenu,
  'parley-view-menu': ViewMenu,
  'parley-stage': StageArea,
  'parley-statistics': StatisticsPanel,
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
