// SPDX-License-Identifier: Apache-2.0
// The only file that includes libcurl. It is loaded with dlopen: linking it and the thirty
// libraries that it brings would cost every command some milliseconds.
#include "runtime/os/download.h"

#include <dlfcn.h>
#include <fmt/format.h>

// Its checks of types need GNU extensions.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <array>
#include <charconv>
#include <memory>
#include <optional>

#include "compiler/base/text.h"

namespace vmplan::os {
namespace {

constexpr long kConnectSeconds = 30;
/// A server that sends nothing for so long has gone.
constexpr long kSilenceSeconds = 60;
constexpr long kMostRedirections = 10;
constexpr long kReceiveBlock = 256L << 10;

/// The functions of libcurl that are used here.
struct Curl {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) init = nullptr;
  decltype(&::curl_easy_setopt) set = nullptr;
  decltype(&::curl_easy_perform) perform = nullptr;
  decltype(&::curl_easy_getinfo) info = nullptr;
  decltype(&::curl_easy_strerror) message = nullptr;
  decltype(&::curl_easy_cleanup) cleanup = nullptr;
};

template <class Symbol>
bool load_symbol(void* library, const char* name, Symbol& symbol) {
  symbol = reinterpret_cast<Symbol>(::dlsym(library, name));
  return symbol != nullptr;
}

Result<Curl> load_curl() {
  void* library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    return fail(ErrorKind::NotFound, "libcurl.so.4 cannot be loaded; install the package libcurl4");
  Curl curl;
  const bool found = load_symbol(library, "curl_global_init", curl.global_init) &&
                     load_symbol(library, "curl_easy_init", curl.init) &&
                     load_symbol(library, "curl_easy_setopt", curl.set) &&
                     load_symbol(library, "curl_easy_perform", curl.perform) &&
                     load_symbol(library, "curl_easy_getinfo", curl.info) &&
                     load_symbol(library, "curl_easy_strerror", curl.message) &&
                     load_symbol(library, "curl_easy_cleanup", curl.cleanup);
  if (!found)
    return fail(ErrorKind::NotFound, "libcurl.so.4 is of another version than vmplan knows");
  if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    return fail(ErrorKind::Failed, "libcurl does not start");
  return curl;
}

/// One download under way.
struct Transfer {
  const Download& wanted;
  const Cancel& cancel;
  const Curl& curl;
  CURL* handle;
  /// Where the next bytes belong; nullopt: the answer has not begun.
  std::optional<std::int64_t> at = {};
  /// What the server says about it.
  std::optional<std::int64_t> range_start = {};
  Status taken = {};

  long status() const {
    long code = 0;
    curl.info(handle, CURLINFO_RESPONSE_CODE, &code);
    return code;
  }
};

/// "bytes 100-199/200": 100.
std::optional<std::int64_t> start_of_range(std::string_view header) {
  constexpr std::string_view kName = "content-range:";
  if (ascii_lower(header.substr(0, kName.size())) != kName) return std::nullopt;
  const std::size_t digits = header.find_first_of("0123456789");
  if (digits == std::string_view::npos) return std::nullopt;
  std::int64_t start = 0;
  const char* const end = header.data() + header.size();
  if (std::from_chars(header.data() + digits, end, start).ec != std::errc{}) return std::nullopt;
  return start;
}

std::size_t take_header(const char* bytes, std::size_t, std::size_t count, void* user) {
  const std::string_view header(bytes, count);
  auto& transfer = *static_cast<Transfer*>(user);
  if (header.starts_with("HTTP/")) transfer.range_start.reset();  // after a redirection
  if (std::optional<std::int64_t> start = start_of_range(header)) transfer.range_start = start;
  return count;
}

std::size_t take_bytes(const char* bytes, std::size_t, std::size_t count, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (!transfer.at) {
    const bool goes_on = transfer.status() == 206;
    if (goes_on && transfer.range_start != transfer.wanted.from) {
      transfer.taken =
          fail(ErrorKind::Failed, "the server gave another part than it was asked for");
      return 0;
    }
    transfer.at = goes_on ? transfer.wanted.from : 0;
  }
  transfer.taken = transfer.wanted.take(*transfer.at, {bytes, count});
  if (!transfer.taken) return 0;
  *transfer.at += static_cast<std::int64_t>(count);
  return count;
}

int look_for_interrupt(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Transfer*>(user)->cancel.is_kill() ? 1 : 0;
}

/// Why a server that answered gave no file.
Error status_error(long status) {
  std::string text = fmt::format("the server says {}", status);
  switch (status) {
    case 404:
    case 410:
      return {ErrorKind::NotFound, text + ": it has no such file"};
    case 401:
    case 403:
    case 407:
      return {ErrorKind::Denied, text + ": it does not give the file to us"};
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      return {ErrorKind::Timeout, text + ": it cannot at the moment"};
    default:
      return {ErrorKind::Failed, std::move(text)};
  }
}

ErrorKind kind_of(CURLcode code) {
  switch (static_cast<int>(code)) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return ErrorKind::Timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_UNSUPPORTED_PROTOCOL:  // a redirection to what is not allowed
      return ErrorKind::Denied;
    default:
      return ErrorKind::Failed;
  }
}

using Handle = std::unique_ptr<CURL, decltype(&::curl_easy_cleanup)>;

Status run(const Curl& curl, Transfer& transfer) {
  const Download& wanted = transfer.wanted;
  std::array<char, CURL_ERROR_SIZE> reason{};
  bool set = true;
  const auto option = [&](CURLoption name, auto value) {
    set = set && curl.set(transfer.handle, name, value) == CURLE_OK;
  };
  const bool is_secure = wanted.url.starts_with("https:");
  option(CURLOPT_URL, wanted.url.c_str());
  option(CURLOPT_PROTOCOLS_STR, "http,https");
  option(CURLOPT_REDIR_PROTOCOLS_STR, is_secure ? "https" : "http,https");
  option(CURLOPT_FOLLOWLOCATION, 1L);
  option(CURLOPT_MAXREDIRS, kMostRedirections);
  option(CURLOPT_FAILONERROR, 1L);
  option(CURLOPT_NOSIGNAL, 1L);
  option(CURLOPT_USERAGENT, "vmplan/" VMPLAN_VERSION);
  option(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  option(CURLOPT_LOW_SPEED_LIMIT, 1L);
  option(CURLOPT_LOW_SPEED_TIME, kSilenceSeconds);
  option(CURLOPT_BUFFERSIZE, kReceiveBlock);
  option(CURLOPT_ERRORBUFFER, reason.data());
  option(CURLOPT_HEADERFUNCTION, take_header);
  option(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  option(CURLOPT_WRITEFUNCTION, take_bytes);
  option(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  option(CURLOPT_NOPROGRESS, 0L);
  option(CURLOPT_XFERINFOFUNCTION, look_for_interrupt);
  option(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  const std::string range = fmt::format("{}-", wanted.from);
  if (wanted.from > 0) option(CURLOPT_RANGE, range.c_str());
  if (!set) return fail(ErrorKind::Failed, "libcurl lacks what vmplan needs");

  const CURLcode code = curl.perform(transfer.handle);
  if (!transfer.taken) return transfer.taken;
  if (code == CURLE_OK) return {};
  if (code == CURLE_ABORTED_BY_CALLBACK) return fail(ErrorKind::Interrupted, "interrupted");
  if (code == CURLE_HTTP_RETURNED_ERROR) {
    const long status = transfer.status();
    if (status == 416 && wanted.from > 0) return {};  // nothing follows what is there
    return fail(status_error(status));
  }
  const char* why = reason[0] != '\0' ? reason.data() : curl.message(code);
  return fail(kind_of(code), printable(why));
}

}  // namespace

Status download(const Download& wanted, const Cancel& cancel) {
  static const Result<Curl> curl = load_curl();
  if (!curl) return fail(curl.error());
  const Handle handle(curl->init(), curl->cleanup);
  if (!handle) return fail(ErrorKind::Failed, "no memory for a download");
  Transfer transfer{wanted, cancel, *curl, handle.get()};
  return run(*curl, transfer);
}

}  // namespace vmplan::os
