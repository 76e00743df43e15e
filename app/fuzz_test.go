package app

import (
	"flag"
	"io"
	"strings"
	"testing"
)

// FuzzParse: any command line is a command that there is, or none; and what
// follows it is flags and operands that were typed.
func FuzzParse(f *testing.F) {
	f.Add("--data x import facilities --dry file.csv")
	f.Add("help serve")
	f.Add("--version")
	f.Add("-- serve")
	f.Add("--data")
	all := commands()
	f.Fuzz(func(t *testing.T, typed string) {
		args := strings.Fields(typed)
		l := parse(all, args)
		if l.name == "" {
			l.problem(all)
			return
		}
		if _, ok := all[l.name]; !ok {
			t.Fatalf("%q is taken for the command %q", typed, l.name)
		}
		if len(l.rest) > len(args) {
			t.Fatalf("%q leaves %q", typed, l.rest)
		}
		fs := flag.NewFlagSet(l.name, flag.ContinueOnError)
		fs.SetOutput(io.Discard)
		fs.Usage = func() {}
		flags(fs, func(string) string { return "" })
		if operands, err := parseMixed(fs, l.rest); err == nil && len(operands) > len(l.rest) {
			t.Fatalf("%q has the operands %q", typed, operands)
		}
	})
}
