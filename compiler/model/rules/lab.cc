// SPDX-License-Identifier: Apache-2.0
// Rules on the lab's own file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "compiler/base/text.h"
#include "compiler/model/name_rules.h"
#include "compiler/model/rules/path_field.h"
#include "compiler/model/rules/rules.h"

namespace vmplan::model::rules {
namespace {

/// Directories of `.vmplan` that a lab of one file may not take for its own.
constexpr std::array<std::string_view, 6> kStatePlaces = {"cache", "firmware", "home",
                                                          "run",   "state.db", "store"};

void bad_name(std::string_view what, const std::string& name, const std::string& fault,
              std::optional<Span> span, Diagnostics& diagnostics) {
  std::string better = legal_name(name);
  diagnostics.add(
      {Code::BadName,
       fmt::format("`{}` is no name of {}", name, what),
       fault,
       span,
       {},
       better.empty() ? "use letters, digits, `-` and `_`, a letter or digit first"
                      : fmt::format("use letters, digits, `-` and `_`, for example `{}`", better)});
}

void file_name(const LabRequest& request, Diagnostics& diagnostics) {
  std::string stem(stem_of(request.path));
  if (auto fault = name_fault(stem)) {
    bad_name("a lab", stem, fmt::format("{}; the file gives the lab its name", *fault),
             std::nullopt, diagnostics);
  } else if (std::find(kStatePlaces.begin(), kStatePlaces.end(), stem) != kStatePlaces.end()) {
    diagnostics.add({Code::BadName,
                     fmt::format("`{}` cannot be the name of a lab of one file", stem),
                     fmt::format("`.vmplan/{}` holds other files of vmplan", stem),
                     std::nullopt,
                     {},
                     fmt::format("rename the file, for example to `{}-lab.toml`", stem)});
  }
}

}  // namespace

void lab_names(const LabScope& lab, Diagnostics& diagnostics) {
  if (lab.request->single_file) file_name(*lab.request, diagnostics);
  if (!lab.sources->lab_file) return;
  const LabSection& section = lab.sources->lab_file->lab;
  if (section.name.has())
    if (auto fault = name_fault(*section.name))
      bad_name("a lab", *section.name, *fault, section.name.span, diagnostics);
  if (section.instance.has() && !section.instance->empty())
    if (auto fault = name_fault(*section.instance))
      bad_name("an instance", *section.instance, *fault, section.instance.span, diagnostics);
}

void image_names(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  std::map<std::string, const ImageSection*> seen;
  for (const ImageSection& image : lab.sources->lab_file->images) {
    if (auto fault = name_fault(image.key)) {
      bad_name("an image", image.key, *fault, image.key_span, diagnostics);
      continue;
    }
    auto [first, fresh] = seen.emplace(ascii_lower(image.key), &image);
    if (!fresh)
      diagnostics.add(
          {Code::DuplicateItem,
           fmt::format("images `{}` and `{}` differ in case only", first->second->key, image.key),
           "the same name, but for capitals",
           image.key_span,
           {{"the other one is here", first->second->key_span}},
           "rename one of them"});
  }
}

void image_digests(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  for (const ImageSection& image : lab.sources->lab_file->images) {
    if (!image.sha256.has() || Digest::parse_hex(*image.sha256)) continue;
    std::string detail = fmt::format("expected 64 lower-case hex digits, found {} characters",
                                     count_code_points(*image.sha256));
    std::string help =
        "write what `sha256sum` prints for the file, or remove the line to have it hashed when the "
        "lab is built";
    if (Digest::parse(*image.sha256)) {
      detail = "expected the 64 digits alone";
      help = "leave out `sha256:`";
    } else if (Digest::parse_hex(ascii_lower(*image.sha256))) {
      detail = "some digits are in upper case";
      help = fmt::format("write `sha256 = \"{}\"`", ascii_lower(*image.sha256));
    }
    diagnostics.add({Code::BadDigest,
                     fmt::format("`sha256` of image `{}` is no SHA-256 digest", image.key),
                     detail,
                     image.sha256.span,
                     {},
                     help});
  }
}

void allowed_places(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file || !lab.sources->lab_file->paths.allow.has()) return;
  for (const ListItem& item : *lab.sources->lab_file->paths.allow)
    if (auto fault = allow_fault(item.text))
      diagnostics.add({fault->code,
                       fmt::format("`{}` cannot be allowed", item.text),
                       fault->detail,
                       item.span,
                       {},
                       fault->help});
}

void image_paths(const LabScope& lab, Diagnostics& diagnostics) {
  if (!lab.sources->lab_file) return;
  PathPolicy policy{lab.frame->allow, lab.frame->reserved, "", lab.frame->knows_allow};
  for (const ImageSection& image : lab.sources->lab_file->images)
    check_path(image.path, PathRole::ImageFile, fmt::format("image `{}`", image.key), policy,
               diagnostics);
}

}  // namespace vmplan::model::rules
