/** The shells that TAB can be taught, and what teaches it. None lets an error into the prompt. */
export const COMPLETION_SCRIPTS = {
  bash: `# keywright, TAB in bash. In ~/.bashrc: source <(keywright completion bash)
_keywright() {
  local current="\${COMP_WORDS[COMP_CWORD]}" line file
  [ "$current" = "=" ] && current=""
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$current" 2>/dev/null)
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <(keywright __complete bash "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _keywright keywright
`,
  zsh: `#compdef keywright
# keywright, TAB in zsh. In ~/.zshrc, behind compinit: source <(keywright completion zsh)
_keywright() {
  local line
  local -a answers described
  answers=("\${(@f)$(keywright __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${answers[@]}"; do
    if [[ $line == ":files" ]]; then
      compset -P '--*='
      _files
      return
    elif [[ -n $line ]]; then
      described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#described )) && _describe -V keywright described
}
if [[ $funcstack[1] == _keywright ]]; then _keywright "$@"; else compdef _keywright keywright; fi
`,
  fish: `# keywright, TAB in fish. Once: keywright completion fish > ~/.config/fish/completions/keywright.fish
function __keywright_words
    set -l typed (commandline -opc) (commandline -ct)
    set -l current (commandline -ct)
    for line in (keywright __complete fish $typed[2..] 2>/dev/null)
        if test "$line" = ":files"
            set -l option (string match -r -- '^--[a-z-]+=' $current)
            for path in (__fish_complete_path (string replace -r -- '^--[a-z-]+=' '' $current))
                echo "$option$path"
            end
        else
            echo $line
        end
    end
end
complete -c keywright -f -a '(__keywright_words)'
`,
} as const;
