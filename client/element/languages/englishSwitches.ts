/** The sentences of the switches: quality of pictures, audio only, captions. */
export const englishSwitches = {
  quality: 'Video quality',
  qualityLow: 'Save data',
  qualityStandard: 'Standard',
  qualityHigh: 'HD',
  qualityLowLead: 'Your camera and the others’ come in 360 lines at most. Shared screens stay sharp.',
  qualityStandardLead: 'Your camera sends 720 lines, and you receive what fits your screen.',
  qualityHighLead: 'Your camera sends 1080 lines where it can. Takes about twice the bandwidth.',
  audioOnlySwitch: 'Audio only',
  audioOnlyLead: 'You hear everyone, and receive no cameras and no shared screens.',
  stopCameraToo: 'Stop my camera too',
  stopCameraTooLead: 'When you go audio only. It comes back with the pictures.',
  audioOnlyChosen: 'Audio only: pictures are off',
  showPictures: 'Show pictures',
  causeAudioOnly: 'You chose audio only, so pictures are off',
  audioOnlyOffer:
    'Your connection has been poor for a while. Without pictures the sound may get through better.',
  audioOnlyAction: 'Audio only',
  audioOnlyStay: 'Stay audio only',

  captions: 'Captions',
  captionsShow: 'Show captions',
  captionsShowLead: 'What people say, in writing, for everyone who has theirs switched on.',
  captionMe: 'Caption what I say',
  captionMeLead:
    'Your browser turns your speech into text for the others. Many browsers, Chrome among them, send your voice to their maker for this.',
  captionsThere: (name: string) => `${name} is captioned. You can show captions in the settings.`,
  captionsDenied: 'Your browser did not allow captions of what you say.',
  captionsLanguage: 'Your browser cannot caption this language.',
  captionsFailed: 'Captions of what you say have stopped: your browser’s speech recognition does not answer.',
};
