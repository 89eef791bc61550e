import type { englishSwitches } from './englishSwitches.ts';

/** The sentences of the switches in Arabic. */
export const arabicSwitches: typeof englishSwitches = {
  quality: 'جودة الفيديو',
  qualityLow: 'توفير البيانات',
  qualityStandard: 'عادية',
  qualityHigh: 'عالية الدقة (HD)',
  qualityLowLead: 'صورة كاميرتك وكاميرات الآخرين 360 سطرًا على الأكثر. أما الشاشات المشتركة فتبقى واضحة.',
  qualityStandardLead: 'ترسل كاميرتك 720 سطرًا، وتستقبل ما يناسب شاشتك.',
  qualityHighLead: 'ترسل كاميرتك 1080 سطرًا إن استطاعت. يحتاج ذلك إلى ضعف سعة الاتصال تقريبًا.',
  audioOnlySwitch: 'الصوت فقط',
  audioOnlyLead: 'تسمع الجميع، ولا تستقبل الكاميرات ولا الشاشات المشتركة.',
  stopCameraToo: 'إيقاف كاميرتي أيضًا',
  stopCameraTooLead: 'عندما تختار الصوت فقط. وتعود مع عودة الصور.',
  audioOnlyChosen: 'الصوت فقط: الصور متوقفة',
  showPictures: 'عرض الصور',
  causeAudioOnly: 'اخترت الصوت فقط، لذلك توقفت الصور',
  audioOnlyOffer: 'اتصالك ضعيف منذ فترة. قد يصل الصوت أفضل من دون صور.',
  audioOnlyAction: 'الصوت فقط',
  audioOnlyStay: 'البقاء على الصوت',

  captions: 'الترجمة النصية',
  captionsShow: 'عرض الترجمة النصية',
  captionsShowLead: 'ما يقوله المشاركون مكتوبًا، لمن شغّل منهم ترجمته.',
  captionMe: 'كتابة ما أقوله',
  captionMeLead:
    'يحوّل متصفحك كلامك إلى نص ليقرأه الآخرون. وترسل متصفحات كثيرة، منها Chrome، صوتك إلى الشركة المصنّعة لأجل ذلك.',
  captionsThere: (name: string) => `يُكتب ما يقوله ${name}. يمكنك عرض الترجمة النصية من الإعدادات.`,
  captionsDenied: 'لم يسمح متصفحك بكتابة ما تقوله.',
  captionsLanguage: 'لا يستطيع متصفحك كتابة هذه اللغة.',
  captionsFailed: 'توقفت كتابة ما تقوله: خدمة التعرف على الكلام في متصفحك لا تستجيب.',
};
