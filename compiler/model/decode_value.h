// SPDX-License-Identifier: Apache-2.0
// One value of a document against one row of a field table. It knows no section and no rule between
// fields.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/diagnostic.h"
#include "compiler/model/field.h"
#include "compiler/syntax/document.h"

namespace vmplan::model {

/// "string", "integer", ... with its article.
std::string_view with_article(FieldType type);

/// Each fills `out` from a value that is present: `out.value` stays empty when the value is wrong.
/// Errors: WrongType, OutOfRange, NotAChoice, NotBuiltYet (a choice), ControlCharacter.
void decode_value(const FieldInfo& field, const syntax::Value& value, WrittenText& out,
                  Diagnostics& diagnostics);
void decode_value(const FieldInfo& field, const syntax::Value& value, WrittenInteger& out,
                  Diagnostics& diagnostics);
void decode_value(const FieldInfo& field, const syntax::Value& value, WrittenFlag& out,
                  Diagnostics& diagnostics);
void decode_value(const FieldInfo& field, const syntax::Value& value, WrittenList& out,
                  Diagnostics& diagnostics);

/// Errors: SecretWrittenDown, BadSecretReference, WrongType, NotBuiltYet.
void decode_value(const FieldInfo& field, const syntax::Value& value, WrittenSecret& out,
                  Diagnostics& diagnostics);

/// Each fills `out` with the field's constant default, if it has one.
void take_default(const FieldInfo& field, WrittenText& out);
void take_default(const FieldInfo& field, WrittenInteger& out);
void take_default(const FieldInfo& field, WrittenFlag& out);
void take_default(const FieldInfo& field, WrittenList& out);
/// A secret has none.
inline void take_default(const FieldInfo&, WrittenSecret&) {}

/// The finding that `word` is known, but not built yet. `span` may be of the value or, when the
/// word is a default in effect, of what brings it into effect.
Diagnostic choice_not_built(std::string_view field, const Choice& choice, Span span);

}  // namespace vmplan::model
