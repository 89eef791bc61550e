import { css } from 'lit';

/** The look of the call's frame; see RoomView. */
export const roomViewStyles = css`
  :host {
    display: block;
    height: 100%;
  }
  .frame {
    position: relative;
    display: flex;
    height: 100%;
    /* Not hidden, which still scrolls to what takes the focus beyond the edge. */
    overflow: clip;
  }
  .frame:dir(rtl) {
    --slide-from: -16px;
  }
  .frame:focus-visible {
    outline: none;
  }
  .stage {
    flex: 1;
    display: flex;
    flex-direction: column;
    gap: 14px;
    min-width: 0;
  }
  .grid-area {
    position: relative;
    flex: 1;
    display: grid;
    min-height: 0;
    padding: max(14px, env(safe-area-inset-top)) max(14px, env(safe-area-inset-right)) 0
      max(14px, env(safe-area-inset-left));
  }
  aside {
    flex: none;
    width: var(--panel-width);
    margin-block: 14px;
    margin-inline: 0 14px;
    overflow: hidden;
    border: 1px solid var(--parley-border);
    border-radius: var(--parley-radius-l);
    background: var(--parley-surface);
    animation: slide 0.22s var(--parley-ease);
  }
  @keyframes slide {
    from {
      opacity: 0;
      translate: var(--slide-from, 16px);
    }
  }
  .banner-place {
    position: absolute;
    inset-inline: 0;
    top: max(26px, env(safe-area-inset-top));
    z-index: 25;
    display: grid;
    justify-items: center;
    gap: 10px;
    padding: 0 16px;
    pointer-events: none;
  }
  .recording-place {
    position: absolute;
    inset-inline-start: max(26px, env(safe-area-inset-left), env(safe-area-inset-right));
    top: max(26px, env(safe-area-inset-top));
    z-index: 24;
    pointer-events: none;
  }
  .recording {
    display: flex;
    align-items: center;
    gap: 7px;
    padding-block: 4px;
    padding-inline: 9px 11px;
    border-radius: 999px;
    background: var(--parley-danger-soft);
    color: var(--parley-danger-text);
    font-size: 13px;
    font-weight: 600;
  }
  .recording .dot {
    width: 9px;
    height: 9px;
    border-radius: 50%;
    background: var(--parley-danger);
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 10px;
    min-height: 40px;
    padding-block: 0;
    padding-inline: 14px 18px;
    border-radius: var(--parley-radius-full);
    background: var(--parley-warning-soft);
    box-shadow: var(--parley-shadow-raised);
    color: var(--parley-warning-text);
    font-size: 13.5px;
    font-weight: 600;
  }
  .banner.calm {
    padding-block: 5px;
    padding-inline: 16px 6px;
    background: var(--parley-raised);
    color: var(--parley-text);
    font-weight: 550;
    pointer-events: auto;
  }
  .banner.calm .button {
    flex: none;
    border-radius: var(--parley-radius-full);
  }
  .invitation {
    position: absolute;
    inset-inline-end: 26px;
    top: max(26px, env(safe-area-inset-top));
    display: flex;
    align-items: center;
    gap: 20px;
    max-width: calc(100% - 60px);
    padding-block: 16px;
    padding-inline: 20px 16px;
    border-radius: var(--parley-radius-l);
    background: var(--parley-raised);
    box-shadow: var(--parley-shadow-raised);
    animation: slide 0.3s var(--parley-ease);
  }
  .invitation h2 {
    font-size: 14.5px;
    font-weight: 650;
  }
  .invitation p {
    margin-top: 2px;
    color: var(--parley-text-soft);
    font-size: 13px;
    line-height: 1.4;
  }
  .invitation .button {
    flex: none;
  }
  @container (width < 760px) {
    .stage {
      gap: 10px;
    }
    .grid-area {
      padding: max(8px, env(safe-area-inset-top)) max(8px, env(safe-area-inset-right)) 0
        max(8px, env(safe-area-inset-left));
    }
    aside {
      position: absolute;
      inset: 0;
      z-index: 15;
      width: auto;
      margin: 0;
      padding: env(safe-area-inset-top) env(safe-area-inset-right) 0 env(safe-area-inset-left);
      border: 0;
      border-radius: 0;
    }
    .invitation {
      inset-inline: 16px;
      top: max(16px, env(safe-area-inset-top));
      max-width: none;
      justify-content: space-between;
      gap: 12px;
      padding-block: 12px;
      padding-inline: 16px 12px;
    }
    /* Between the title of a panel and what closes it. */
    .recording-place {
      left: 0;
      right: 0;
      top: max(14px, env(safe-area-inset-top));
      display: grid;
      justify-items: center;
    }
    .recorded .invitation,
    .recorded .banner-place {
      top: calc(max(14px, env(safe-area-inset-top)) + 36px);
    }
  }
  @container (height < 560px) {
    .invitation p {
      display: none;
    }
  }
  /* Beside a picture that is as high as the window. */
  @container (width >= 760px) and (height < 560px) {
    .invitation {
      flex-direction: column;
      gap: 10px;
      width: 146px;
      padding: 14px 12px 12px;
      text-align: center;
    }
    .invitation h2 {
      font-size: 13.5px;
      line-height: 1.35;
    }
    .invitation .button {
      width: 100%;
      padding: 0 8px;
    }
  }
`;
