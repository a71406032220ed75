// SPDX-License-Identifier: Apache-2.0

extension CompletionScript {
    var zsh: String {
        """
        #compdef tern
        # zsh completion for tern; printed by: tern completion zsh
        _tern_names() {
            local -a names
            names=(${(f)"$($tern_program \(Self.lookup) $1 -- $tern_words 2>/dev/null)"})
            compadd -a names
        }
        _tern() {
            local tern_program=$words[1]
            local -a tern_words=("${(@)words[2,CURRENT-1]}")
            local tern_path="" word skip=""
            integer i last=1
            for ((i = 2; i < CURRENT; i++)); do
                word=$words[i]
                if [[ -n $skip ]]; then skip=""; continue; fi
                case $word in
                    \(flagsWithValue.joined(separator: "|"))) skip=1 ;;
                    -*) ;;
                    *)
                        case "$tern_path $word" in
                            \(table.commands.map { Self.quoted(" " + $0.name) }.joined(separator: "|"))) tern_path="$tern_path $word"; last=i ;;
                        esac
                        ;;
                esac
            done
            # _arguments reads the words after the command's own.
            words=("tern" "${(@)words[last+1,-1]}")
            ((CURRENT -= last - 1))
            case "$tern_path" in
        \(zshPaths)    esac
        }
        if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _tern "$@"; else compdef _tern tern; fi

        """
    }

    private var zshPaths: String {
        var text = ""
        for path in paths {
            let (words, takesFiles) = words(after: path)
            text += "        \(Self.quoted(path.map { " " + $0 }.joined())))\n"
            text += "            _arguments -S \\\n"
            for flag in flags(of: path) { text += "                \(zshSpecification(flag)) \\\n" }
            let children = table.children(of: path)
            if !children.isEmpty {
                let entries = children.map { "\($0.path.last ?? "")\\:\(Self.zshWord($0.summary))" }
                text +=
                    "                "
                    + Self.quoted("*:command:((" + entries.joined(separator: " ") + "))")
            } else if let source = names(after: path) {
                let files = takesFiles ? "; _files" : ""
                text += "                " + Self.quoted("*:name:{_tern_names \(source.rawValue)\(files)}")
            } else if !words.isEmpty {
                text += "                " + Self.quoted("*:word:(" + words.joined(separator: " ") + ")")
            } else {
                text += "                " + Self.quoted(takesFiles ? "*:file:_files" : "*: :")
            }
            text += "\n            ;;\n"
        }
        return text
    }

    private func zshSpecification(_ flag: Flag) -> String {
        let action: String =
            switch flag.value {
            case .none: ""
            case .choice(let words), .words(_, let words): ":value:(" + words.joined(separator: " ") + ")"
            case .settingOf(let words):
                ":value:{compadd -S \"\" -- " + words.map { $0 + "=" }.joined(separator: " ") + "}"
            case .file: ":file:_files"
            case .name(_, let source): ":value:{_tern_names \(source.rawValue)}"
            case .text, .duration, .count, .number, .setting: ":value: "
            }
        let body = "[" + Self.zshEscaped(flag.summary) + "]" + action
        let sign = flag.takesValue ? "=" : ""
        let star = flag.isRepeatable ? "*" : ""
        guard let short = flag.short else { return Self.quoted("\(star)--\(flag.name)\(sign)\(body)") }
        let exclusion = flag.isRepeatable ? "*" : "(-\(short) --\(flag.name))"
        let plus = flag.takesValue ? "+" : ""
        return Self.quoted("\(exclusion)-\(short)\(plus)\(body)") + " "
            + Self.quoted("\(exclusion)--\(flag.name)\(sign)\(body)")
    }

    /// Brackets and colons end the parts of a specification.
    private static func zshEscaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "[]:\\()".contains(character) { result += "\\" }
            result.append(character)
        }
    }

    /// A list of words is evaluated once more: everything but letters and digits loses its meaning to zsh.
    private static func zshWord(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if !character.isLetter, !character.isNumber { result += "\\" }
            result.append(character)
        }
    }
}
