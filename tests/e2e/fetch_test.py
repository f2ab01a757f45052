#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Images from servers: a real server here, which breaks off, moves on, lies and hides behind a wrong certificate."""
import hashlib
import http.server
import os
import re
import signal
import ssl
import subprocess
import threading
import time

import support

LAB = """\
schema_version = 1

[images.base]
url = "{url}"
format = "raw"
sha256 = "{digest}"
"""

PROFILE = """\
schema_version = 1

[vm]
name = "web"

[hardware]
arch = "x86_64"
cores = 1
memory_mb = 256
acceleration = "tcg"

[[storage.disks]]
name = "root"
path = "disks/web.qcow2"
format = "qcow2"
image = "base"
boot = true
"""

IMAGE = bytes(range(256)) * 4096 * 4  # 4 MiB


class Server:
    """Serves IMAGE at /base.raw. Each connection sends at most `piece` bytes and is then broken off."""

    def __init__(self, tls=None):
        self.image, self.piece, self.ranges, self.status, self.pause, self.redirect = IMAGE, 1 << 30, True, None, 0, None
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                outer.asked.append(self.headers.get("Range"))
                if outer.redirect and self.path == "/base.raw":
                    self.send_response(302)
                    self.send_header("Location", outer.redirect)
                    self.end_headers()
                    return
                if outer.status:
                    self.send_error(outer.status)
                    return
                begin = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
                begin = int(begin.group(1)) if begin and outer.ranges else 0
                if begin and begin >= len(outer.image):
                    self.send_error(416)
                    return
                self.send_response(206 if begin else 200)
                if begin:
                    self.send_header("Content-Range", f"bytes {begin}-{len(outer.image) - 1}/{len(outer.image)}")
                self.send_header("Content-Length", str(len(outer.image) - begin))
                self.end_headers()
                self.wfile.write(outer.image[begin:begin + outer.piece])
                time.sleep(outer.pause)

            def log_message(self, *words):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server.server_port}/base.raw"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class FetchTest(support.TestCase):
    def setUp(self):
        super().setUp()
        # The proxy of whoever runs the tests leads nowhere near the server here.
        os.environ["no_proxy"] = "127.0.0.1"
        self.server = Server()
        self.addCleanup(self.server.close)

    def fetch_lab(self, url=None, image=IMAGE):
        text = LAB.format(url=url or self.server.url, digest=hashlib.sha256(image).hexdigest())
        return self.lab(files={"vmplan.toml": text, "profiles/web.toml": PROFILE})

    def store(self, lab):
        return sorted(name for _, _, names in os.walk(lab.path(".vmplan/store")) for name in names)

    def fetch(self, lab, check=True):
        return lab.run("apply", "image/base", "--yes", check=check)

    def assert_fetched(self, lab):
        digest = hashlib.sha256(IMAGE).hexdigest()
        with open(lab.path(f".vmplan/store/{digest}/base"), "rb") as file:
            self.assertEqual(file.read(), IMAGE)
        self.assertEqual(os.stat(lab.path(f".vmplan/store/{digest}/base")).st_mode & 0o777, 0o444)
        self.assertEqual(self.store(lab), ["base"])

    def test_building_asks_nobody_and_applying_asks_once(self):
        lab = self.fetch_lab()
        lab.run("build")
        self.assertEqual(self.server.asked, [])
        self.fetch(lab)
        self.assert_fetched(lab)
        self.assertEqual(self.server.asked, [None])
        lab.run("apply", "disk/web/root", "--yes")
        self.assertIn("Nothing to do", lab.run("apply", "disk/web/root", "--yes").stdout)
        self.assertEqual(self.server.asked, [None])

    def test_another_url_of_the_same_bytes_changes_nothing(self):
        lab = self.fetch_lab()
        lab.run("apply", "disk/web/root", "--yes")
        lab.write("vmplan.toml", lab.read("vmplan.toml").replace("http://127.0.0.1", "http://localhost"))
        done = lab.run("apply", "disk/web/root", "--yes")
        self.assertNotIn("created", done.stderr)
        self.assertEqual(self.server.asked, [None])
        self.assert_fetched(lab)

    def test_broken_connections_are_taken_up(self):
        self.server.piece = 1_500_000
        lab = self.fetch_lab()
        self.fetch(lab)
        self.assert_fetched(lab)
        self.assertEqual(self.server.asked, [None, "bytes=1500000-", "bytes=3000000-"])

    def test_a_killed_apply_goes_on_where_it_ended(self):
        self.server.piece, self.server.pause = 1_000_000, 600
        lab = self.fetch_lab()
        running = subprocess.Popen([support.VMPLAN, "apply", "image/base", "--yes"], cwd=lab.path(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        digest = hashlib.sha256(IMAGE).hexdigest()
        part = lab.path(f".vmplan/store/{digest}/base.vmplan-part")
        support.wait_until(lambda: os.path.exists(part) and os.path.getsize(part) == 1_000_000, "a part of the image")
        running.send_signal(signal.SIGKILL)
        running.wait()
        self.server.piece, self.server.pause = 1 << 30, 0
        self.fetch(lab)
        self.assert_fetched(lab)
        self.assertEqual(self.server.asked, [None, "bytes=1000000-"])

    def test_interrupted_twice_it_ends_at_once_and_keeps_what_there_is(self):
        self.server.piece, self.server.pause = 1_000_000, 600
        lab = self.fetch_lab()
        running = subprocess.Popen([support.VMPLAN, "apply", "image/base", "--yes"], cwd=lab.path(),
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        part = lab.path(f".vmplan/store/{hashlib.sha256(IMAGE).hexdigest()}/base.vmplan-part")
        support.wait_until(lambda: os.path.exists(part) and os.path.getsize(part) == 1_000_000, "a part of the image")
        for _ in range(2):
            running.send_signal(signal.SIGINT)
            time.sleep(0.2)
        _, said = running.communicate(timeout=20)
        self.assertEqual(running.returncode, 130, said)
        self.assertEqual(os.path.getsize(part), 1_000_000)

    def test_a_server_that_cannot_go_on_begins_again(self):
        self.server.ranges = False
        lab = self.fetch_lab()
        digest = hashlib.sha256(IMAGE).hexdigest()
        lab.write(f".vmplan/store/{digest}/base.vmplan-part", b"of another time")
        self.fetch(lab)
        self.assert_fetched(lab)
        self.assertEqual(self.server.asked, ["bytes=15-"])

    def test_other_bytes_never_get_a_name(self):
        self.server.image = b"evil" + IMAGE[4:]
        lab = self.fetch_lab()
        failed = self.fetch(lab, check=1)
        self.assertIn("is not the image that the plan pins: 4194304 bytes with sha256:"
                      + hashlib.sha256(self.server.image).hexdigest(), failed.stderr)
        self.assertEqual(self.store(lab), [])

    def test_a_server_that_has_no_such_file(self):
        self.server.status = 404
        failed = self.fetch(self.fetch_lab(), check=1)
        self.assertIn(f"cannot fetch `{self.server.url}`: the server says 404: it has no such file", failed.stderr)
        self.assertEqual(len(self.server.asked), 1)

    def test_redirections_are_followed(self):
        self.server.redirect = self.server.url.replace("/base.raw", "/elsewhere.raw")
        lab = self.fetch_lab()
        self.fetch(lab)
        self.assert_fetched(lab)
        self.server.redirect = "file:///etc/hostname"
        failed = self.fetch(self.fetch_lab(), check=1)
        self.assertIn("Protocol \"file\" not supported", failed.stderr)

    def test_a_certificate_that_nobody_signed_is_refused(self):
        lab = self.lab()
        key, certificate = lab.path("key.pem"), lab.path("certificate.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
                        "-subj", "/CN=127.0.0.1"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        server = Server(tls)
        self.addCleanup(server.close)
        failed = self.fetch(self.fetch_lab(server.url), check=1)
        self.assertIn("certificate", failed.stderr)
        self.assertEqual(server.asked, [])


if __name__ == "__main__":
    support.main()
