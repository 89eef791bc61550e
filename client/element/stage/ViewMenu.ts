import { html, type TemplateResult } from 'lit';
import { tell } from '../requests.ts';
import { base } from '../styles.ts';
import { text } from '../text.ts';
import { canFloat } from './FloatingStage.ts';
import { choice, PopUp, popUpStyles } from './PopUp.ts';
import { DEFAULT_STAGE, type LayoutChoice, type StageChoice } from './stageChoice.ts';
import { stageIcons } from './stageIcons.ts';

/** How the participants are shown: the choice of the layout, and what goes with it. */
export class ViewMenu extends PopUp {
  static override properties = { choice: { attribute: false } };

  declare choice: StageChoice;

  static override styles = [base, popUpStyles];

  constructor() {
    super();
    this.choice = DEFAULT_STAGE;
  }

  protected get label(): string {
    return text.view;
  }

  protected content(): TemplateResult {
    const { hideSelf, mirrorSelf } = this.choice;
    return html`
      ${this.#layout('auto', stageIcons.auto, text.layoutAuto, text.layoutAutoHint)}
      ${this.#layout('grid', stageIcons.grid, text.layoutGrid, text.layoutGridHint)}
      ${this.#layout('speaker', stageIcons.speaker, text.layoutSpeaker, text.layoutSpeakerHint)}
      <div class="line" role="separator"></div>
      ${choice({
        action: 'hide-self',
        icon: stageIcons.hide,
        label: text.hideSelf,
        checked: hideSelf,
        take: () => this.#change({ hideSelf: !hideSelf }),
      })}
      ${choice({
        action: 'mirror-self',
        icon: stageIcons.mirror,
        label: text.mirrorSelf,
        checked: mirrorSelf,
        take: () => this.#change({ mirrorSelf: !mirrorSelf }),
      })}
      <div class="line" role="separator"></div>
      ${
        canFloat()
          ? choice({
              action: 'float',
              icon: stageIcons.popOut,
              label: text.float,
              take: () => {
                this.close();
                tell(this, { type: 'float', key: null });
              },
            })
          : ''
      }
      ${choice({
        action: 'statistics',
        icon: stageIcons.plot,
        label: text.statistics,
        take: () => {
          this.close();
          tell(this, { type: 'showStatistics', peerId: null });
        },
      })}
    `;
  }

  #layout(layout: LayoutChoice, icon: TemplateResult, label: string, hint: string): TemplateResult {
    return choice({
      action: `layout-${layout}`,
      icon,
      label,
      hint,
      radio: true,
      checked: this.choice.layout === layout,
      take: () => this.#change({ layout }),
    });
  }

  #change(change: Partial<StageChoice>): void {
    tell(this, { type: 'arrange', change });
  }
}
