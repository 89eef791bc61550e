#!/usr/bin/python3
"""Publishes a moving test picture and a tone by WHIP (RFC 9725), with GStreamer's webrtcbin.

    ./publish.py https://parley.example.org/whip/studio [--token TOKEN] [--name NAME]

Until it is interrupted. Debian: apt install python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-bad
gstreamer1.0-plugins-good gstreamer1.0-plugins-base gstreamer1.0-nice
"""

import argparse
import signal
import sys
import urllib.error
import urllib.parse
import urllib.request

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

# An encoder that takes wishes for keyframes, whenever somebody comes to look, and does not wait for anything.
PIPELINE = """
webrtcbin name=whip bundle-policy=max-bundle
videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=25/1 ! timeoverlay !
  vp8enc deadline=1 cpu-used=8 keyframe-max-dist=250 target-bitrate=800000 ! rtpvp8pay picture-id-mode=2 !
  application/x-rtp,media=video,encoding-name=VP8,payload=96 ! whip.
audiotestsrc is-live=true freq=440 volume=0.1 ! audioconvert ! audioresample ! opusenc ! rtpopuspay !
  application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! whip.
"""


class Publisher:
    def __init__(self, endpoint, token):
        self.endpoint = endpoint
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.session = None
        self.status = 0
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.parse_launch(PIPELINE)
        self.webrtc = self.pipeline.get_by_name("whip")
        self.webrtc.connect("on-negotiation-needed", self.offer)
        self.webrtc.connect("notify::connection-state", self.connection_changed)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.end(str(message.parse_error()[0])))

    def run(self):
        for name in (signal.SIGINT, signal.SIGTERM):
            GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, name, self.end)
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        self.pipeline.set_state(Gst.State.NULL)
        if self.session:
            self.request("DELETE", self.session)
        return self.status

    def end(self, problem=None):
        if problem:
            print(problem, file=sys.stderr)
            self.status = 1
        self.loop.quit()
        return GLib.SOURCE_REMOVE

    def offer(self, webrtc):
        index = 0
        while transceiver := webrtc.emit("get-transceiver", index):
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
            index += 1
        webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered))

    def offered(self, promise):
        # The offer is a part of the reply, and lasts as long as that.
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        text = offer.sdp.as_text()
        # Without candidates, which the server does not need: it learns them from the checks that come from them.
        self.webrtc.emit("set-local-description", offer, None)
        try:
            headers, answer = self.request("POST", self.endpoint, text)
        except urllib.error.HTTPError as error:
            GLib.idle_add(self.end, f"{error.code}: {error.read().decode()}")
            return
        except urllib.error.URLError as error:
            GLib.idle_add(self.end, str(error.reason))
            return
        self.session = urllib.parse.urljoin(self.endpoint, headers["Location"])
        _, sdp = GstSdp.SDPMessage.new_from_text(answer)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.webrtc.emit("set-remote-description", description, None)

    def connection_changed(self, webrtc, _):
        state = webrtc.get_property("connection-state")
        if state == GstWebRTC.WebRTCPeerConnectionState.CONNECTED:
            print("live", flush=True)
        elif state == GstWebRTC.WebRTCPeerConnectionState.FAILED:
            GLib.idle_add(self.end, "the connection failed")

    def request(self, method, url, body=None):
        headers = self.headers | ({"Content-Type": "application/sdp"} if body else {})
        data = body.encode() if body else None
        request = urllib.request.Request(url, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.headers, response.read().decode()


def main():
    parser = argparse.ArgumentParser(description="Publishes a test picture and a tone by WHIP.")
    parser.add_argument("endpoint")
    parser.add_argument("--token")
    parser.add_argument("--name", help="as which it is shown where no token says it")
    options = parser.parse_args()
    endpoint = options.endpoint
    if options.name:
        endpoint += "?" + urllib.parse.urlencode({"name": options.name})
    Gst.init(None)
    return Publisher(endpoint, options.token).run()


if __name__ == "__main__":
    sys.exit(main())
