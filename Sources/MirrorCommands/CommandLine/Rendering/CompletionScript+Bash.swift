// SPDX-License-Identifier: Apache-2.0

extension CompletionScript {
    var bash: String {
        """
        # bash completion for tern; printed by: tern completion bash
        _tern_names() {
            "${COMP_WORDS[0]}" \(Self.lookup) "$1" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" 2>/dev/null
        }
        _tern() {
            local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path="" word skip="" i
            # bash splits --flag=value at the sign.
            if [[ $cur == "=" ]]; then
                cur=""
            elif [[ $prev == "=" ]] && ((COMP_CWORD > 1)); then
                prev=${COMP_WORDS[COMP_CWORD-2]}
            fi
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                if [[ $word == "=" ]]; then skip=1; continue; fi
                if [[ -n $skip ]]; then skip=""; continue; fi
                case $word in
                    \(flagsWithValue.joined(separator: "|"))) skip=1 ;;
                    -*) ;;
                    *)
                        case "$path $word" in
                            \(table.commands.map { Self.quoted(" " + $0.name) }.joined(separator: "|"))) path="$path $word" ;;
                        esac
                        ;;
                esac
            done
            case "$path:$prev" in
        \(bashValues)    esac
            local words="" flags=""
            case "$path" in
        \(bashPaths)    esac
            if [[ $cur == -* ]]; then words=$flags; fi
            if [[ -n $words ]]; then
                mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
            else
                COMPREPLY=()
            fi
        }
        complete -F _tern tern

        """
    }

    /// A case for each flag whose value can be completed, by command: formats differ between them.
    private var bashValues: String {
        var text = ""
        for path in paths {
            let prefix = path.map { " " + $0 }.joined()
            for flag in flags(of: path) {
                let pattern = names(flag).map { Self.quoted(prefix + ":" + $0) }.joined(separator: "|")
                switch flag.value {
                case .choice(let words), .words(_, let words):
                    text += "        \(pattern)) mapfile -t COMPREPLY < <(compgen -W "
                    text += Self.quoted(words.joined(separator: " ")) + " -- \"$cur\"); return ;;\n"
                case .settingOf(let words):
                    text += "        \(pattern)) compopt -o nospace 2>/dev/null; mapfile -t COMPREPLY < <(compgen -W "
                    text += Self.quoted(words.map { $0 + "=" }.joined(separator: " ")) + " -- \"$cur\"); return ;;\n"
                case .file: text += "        \(pattern)) compopt -o default; COMPREPLY=(); return ;;\n"
                case .name(_, let source):
                    text += "        \(pattern)) mapfile -t COMPREPLY < <(compgen -W "
                    text += "\"$(_tern_names \(source.rawValue))\" -- \"$cur\"); return ;;\n"
                case .text, .duration, .count, .number, .setting:
                    text += "        \(pattern)) COMPREPLY=(); return ;;\n"
                case .none: break
                }
            }
        }
        return text
    }

    private var bashPaths: String {
        var text = ""
        for path in paths {
            let (words, takesFiles) = words(after: path)
            let names = flags(of: path).flatMap(names)
            text += "        \(Self.quoted(path.map { " " + $0 }.joined())))\n"
            text += "            flags=\(Self.quoted(names.joined(separator: " ")))\n"
            if !words.isEmpty { text += "            words=\(Self.quoted(words.joined(separator: " ")))\n" }
            if let source = self.names(after: path) {
                text += "            if [[ $cur != -* ]]; then words=$(_tern_names \(source.rawValue)); fi\n"
            }
            if takesFiles { text += "            if [[ $cur != -* ]]; then compopt -o default; fi\n" }
            text += "            ;;\n"
        }
        return text
    }
}
