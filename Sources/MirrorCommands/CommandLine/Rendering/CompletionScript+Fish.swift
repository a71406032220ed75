// SPDX-License-Identifier: Apache-2.0

extension CompletionScript {
    var fish: String {
        var text = """
            # fish completion for tern; printed by: tern completion fish
            function __tern_path
                set -l path
                set -l skip 0
                for word in (commandline -opc)[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch $word
                        case \(flagsWithValue.map(Self.quoted).joined(separator: " "))
                            set skip 1
                        case '-*'
                        case '*'
                            switch "$path $word"
                                case \(table.commands.map { Self.quoted(" " + $0.name) }.joined(separator: " "))
                                    set path "$path $word"
                            end
                    end
                end
                echo "$path"
            end
            function __tern_is
                test (__tern_path) = "$argv[1]"
            end
            function __tern_names
                set -l line (commandline -opc)
                command $line[1] \(Self.lookup) $argv[1] -- $line[2..-1] 2>/dev/null
            end
            complete -c tern -f

            """
        for path in paths {
            let condition = Self.quoted("__tern_is \"" + path.map { " " + $0 }.joined() + "\"")
            for child in table.children(of: path) {
                text +=
                    "complete -c tern -n \(condition) -a \(child.path.last ?? "") -d \(Self.fishQuoted(child.summary))\n"
            }
            guard !path.isEmpty else { continue }
            let (words, takesFiles) = words(after: path)
            if table.children(of: path).isEmpty, !words.isEmpty {
                text += "complete -c tern -n \(condition) -a \(Self.quoted(words.joined(separator: " ")))\n"
            }
            if let source = names(after: path) {
                text += "complete -c tern -n \(condition) -a '(__tern_names \(source.rawValue))'\n"
            }
            if takesFiles { text += "complete -c tern -n \(condition) -F\n" }
            let own = table.commands.first { $0.path == path }?.flags ?? []
            for flag in own { text += fishFlag(flag, condition: condition) }
        }
        for flag in Flag.everywhere { text += fishFlag(flag, condition: nil) }
        return text
    }

    private func fishFlag(_ flag: Flag, condition: String?) -> String {
        var text = "complete -c tern" + (condition.map { " -n \($0)" } ?? "") + " -l \(flag.name)"
        if let short = flag.short { text += " -s \(short)" }
        switch flag.value {
        case .none: break
        case .choice(let words), .words(_, let words): text += " -x -a " + Self.quoted(words.joined(separator: " "))
        // fish puts no blank behind a sign of equality.
        case .settingOf(let words): text += " -x -a " + Self.quoted(words.map { $0 + "=" }.joined(separator: " "))
        case .file: text += " -r -F"
        case .name(_, let source): text += " -x -a '(__tern_names \(source.rawValue))'"
        case .text, .duration, .count, .number, .setting: text += " -x"
        }
        return text + " -d " + Self.fishQuoted(flag.summary) + "\n"
    }

    /// Within single quotes fish reads `\'` and `\\`.
    private static func fishQuoted(_ text: String) -> String {
        "'" + text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : "\($1)" } + "'"
    }
}
