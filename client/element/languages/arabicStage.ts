import type { englishStage } from './englishStage.ts';
import { pluralsOf } from './plural.ts';

const plural = pluralsOf('ar');

/** The sentences of the stage in Arabic: layouts, tiles and their menus, statistics; part of `arabic`. */
export const arabicStage: typeof englishStage = {
  view: 'العرض',
  layoutAuto: 'تلقائي',
  layoutAutoHint: 'شبكة، مع تكبير الشاشات المشارَكة',
  layoutGrid: 'شبكة',
  layoutGridHint: 'الجميع بالحجم نفسه، والشاشات كذلك',
  layoutSpeaker: 'المتحدث',
  layoutSpeakerHint: 'من يتحدث يظهر كبيرًا',
  hideSelf: 'إخفاء صورتي',
  mirrorSelf: 'عكس صورتي كالمرآة',
  float: 'صورة داخل صورة',
  floatBack: 'العودة إلى المكالمة',
  floatFailed: 'لم يفتح المتصفح نافذة مستقلة للصورة.',
  floatNothing: 'لا توجد بعدُ صورة لعرضها في نافذة مستقلة.',
  statistics: 'الإحصاءات',
  pin: 'تثبيت',
  unpin: 'إلغاء التثبيت',
  pinHint: 'تظهر كبيرة لديك، أيًّا كان المتحدث',
  tileMenu: (name) => `الخيارات: ${apart(name)}`,
  tileStatistics: 'عرض الإحصاءات',
  previousPage: 'الصفحة السابقة',
  nextPage: 'الصفحة التالية',
  page: (page, pages) => `الصفحة ${page} من ${pages}`,
  pageShort: (page, pages) => `${page} / ${pages}`,
  pinnedNote: 'الصورة مثبَّتة',
  handNote: 'اليد مرفوعة',
  handPlace: (place) => `اليد مرفوعة، رقم ${place}`,
  connectionGood: 'اتصال جيد',
  connectionFair: 'اتصال مقبول',
  sending: (cause, lines) => `${cause}: يُرسَل بدقة ${apart(`${lines}p`)}`,
  showing: (cause, lines) => `${cause}: يُعرَض بدقة ${apart(`${lines}p`)}`,
  detailLines: (lines, how) => `${apart(`${lines}p`)}، ${how}`,
  detailFine: 'بالجودة نفسها التي يُرسَل بها',
  detailOwn: 'كما يقدّمه جهازك',
  detailNotVisible: 'لا يظهر على شاشتك، لذلك لا يُرسَل إليك',
  detailNotInLastN: 'لا تُرسَل في هذه الغرفة إلا صور آخر المتحدثين',
  detailNotAmongLoudest: 'أصوات الآخرين أعلى، لذلك لا يُرسَل هذا الصوت الآن',
  detailTileIsSmall: 'يظهر صغيرًا على شاشتك، لذلك تكفي صورة صغيرة',
  detailConnecting: 'في الطريق إليك',
  detailOff: 'قيد الإيقاف',
  detailMuted: 'مكتوم',

  statisticsOf: (name) => `الإحصاءات · ${apart(name)}`,
  statisticsLead: 'عن آخر دقيقتين، ما دامت هذه اللوحة مفتوحة.',
  statisticsOfWhom: 'إحصاءات من؟',
  statisticsConnection: 'اتصالك',
  statisticsSave: 'حفظ بصيغة JSON',
  statisticsWaiting: 'ستصل الأرقام الأولى بعد لحظات.',
  statisticsNothing: 'لا يُرسَل ولا يُستقبَل شيء من هنا حاليًا.',
  sent: 'المُرسَل',
  received: 'المُستقبَل',
  plotBitrate: 'معدل البت',
  plotAvailable: 'النطاق الترددي المقدَّر',
  plotLoss: 'فقدان الحزم',
  plotRoundTrip: 'زمن الذهاب والإياب',
  plotJitter: 'تذبذب التأخير',
  plotFrames: 'الإطارات في الثانية',
  plotLines: 'ارتفاع الصورة',
  plotNow: (what, now) => `${what}: ${apart(now)}`,
  layers: 'الطبقات',
  layerOff: 'لا حاجة إليها',
  codec: (name) => `الترميز ${apart(name)}`,
  freezes: (count) =>
    plural(count, {
      zero: 'بلا تجمّد',
      one: 'تجمّد واحد',
      two: 'تجمّدان',
      few: `${count} تجمّدات`,
      many: `${count} تجمّدًا`,
      other: `${count} تجمّد`,
    }),
  framesDropped: (count) =>
    plural(count, {
      zero: 'بلا إطارات مُسقَطة',
      one: 'إطار واحد مُسقَط',
      two: 'إطاران مُسقَطان',
      few: `${count} إطارات مُسقَطة`,
      many: `${count} إطارًا مُسقَطًا`,
      other: `${count} إطار مُسقَط`,
    }),
};

/** First strong isolate, and its end: what is between does not disturb the order of what is around. */
export function apart(value: string): string {
  return `\u2068${value}\u2069`;
}
