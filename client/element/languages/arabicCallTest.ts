import { apart } from './arabicStage.ts';
import type { englishCallTest } from './englishCallTest.ts';

/** The sentences of the network test before a call in Arabic; part of `arabic`. */
export const arabicCallTest: typeof englishCallTest = {
  networkTest: 'اختبار الشبكة',
  networkTestTitle: 'شبكتك',
  networkTestAgain: 'اختبار مرة أخرى',
  networkBusy: 'يجري آخرون الاختبار الآن. حاول مرة أخرى بعد قليل.',

  networkUdp: 'مباشر (UDP)',
  networkTcp: 'مباشر (TCP)',
  networkRelay: 'مُرحِّل (TURN)',
  networkRoundTrip: 'زمن الاستجابة',
  networkDownlink: 'الاستقبال',
  networkUplink: 'الإرسال',

  networkTesting: 'جارٍ الاختبار…',
  networkGood: 'جيد',
  networkFailed: 'محجوب',
  networkUnknown: 'غير معروف',
  networkAbsent: 'لا يوجد',

  networkUdpAbout: 'أفضل طريق للصوت والصورة.',
  networkTcpAbout: 'الطريق حين يكون UDP محجوبًا.',
  networkRelayAbout: 'الطريق حين يكون كل ما سواه محجوبًا.',
  networkRoundTripAbout: 'من هنا إلى الخادم ثم العودة.',
  networkDownlinkAbout: 'ما يمكن أن يصلك من الآخرين.',
  networkUplinkAbout: 'ما يمكن أن يصل الآخرين منك.',

  networkUdpWorks: 'يسلك الصوت والصورة أفضل طريق.',
  networkUdpBlocked: (ports, detour) =>
    detour === 'tcp'
      ? `UDP محجوب في هذه الشبكة. تعمل المكالمة عبر TCP لكنها قد تتقطع. جرّب شبكة أخرى، أو اطلب فتح منفذ UDP رقم ${apart(ports)}.`
      : detour === 'relay'
        ? `UDP محجوب في هذه الشبكة. تعمل المكالمة عبر المُرحِّل لكنها قد تتقطع. جرّب شبكة أخرى، أو اطلب فتح منفذ UDP رقم ${apart(ports)}.`
        : `لا يعود أي رد. جرّب شبكة أخرى، كشبكة هاتف، أو دون VPN، أو اطلب فتح المنفذ رقم ${apart(ports)} لكل من UDP وTCP.`,
  networkWorksToo: 'متاح إذا تعذّر الطريق الأفضل.',
  networkTaken: 'تسلك مكالمتك هذا الطريق.',
  networkNotNeeded: 'محجوب، لكن لا حاجة إليه هنا.',
  networkRelayBlocked: 'المُرحِّل لا يرد أيضًا.',
  networkRelayAbsent: 'ليس لهذا الخادم مُرحِّل، ولا حاجة إليه هنا.',
  networkRelayWanted: 'ليس لهذا الخادم مُرحِّل. يمكن لمن يديره أن يضيف واحدًا.',

  networkRoundTripGood: 'سريع بما يكفي لحديث طبيعي.',
  networkRoundTripSlow: 'سيسمع بعضكم بعضًا متأخرًا. قد يفيد سلك أو شبكة أخرى.',
  networkNotMeasured: 'تعذّر القياس.',
  networkDownlinkGood: 'يكفي لرؤية الآخرين جيدًا.',
  networkDownlinkSmall: 'يكفي لصور صغيرة. أوقف التنزيلات مؤقتًا أو اقترب من الموجّه.',
  networkDownlinkPoor: 'يكفي للسماع، ويكاد لا يكفي للرؤية. أوقف التنزيلات مؤقتًا أو جرّب شبكة أخرى.',
  networkUplinkGood: 'يكفي ليراك الآخرون جيدًا.',
  networkUplinkSmall: 'يكفي لصورة صغيرة. أوقف عمليات الرفع مؤقتًا أو اقترب من الموجّه.',
  networkUplinkPoor: 'يكفي ليسمعك الآخرون. انضم دون كاميرا أو جرّب شبكة أخرى.',

  networkVerdictTesting: 'جارٍ اختبار شبكتك. يستغرق ذلك بضع ثوانٍ.',
  networkVerdictGood: 'شبكتك جاهزة للمكالمات.',
  networkVerdictLimited: 'المكالمات ممكنة، مع بعض القيود.',
  networkVerdictFailed: 'لا تمر المكالمات عبر هذه الشبكة.',
};
