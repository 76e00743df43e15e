package programmes

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"kakehashi/domains/programmes/programme"
	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/module"
	"kakehashi/platform/table"
)

var (
	errOneFile = errors.New("import programmes takes one FILE, - for the standard input")
	errFormat  = errors.New("--format is utf8, cp932 or xlsx")
	errLang    = errors.New("--lang is one of the ten languages, ja or en for example")
)

// Commands are `kakehashi import programmes` and `kakehashi export programmes`.
func Commands() []module.Command {
	return []module.Command{
		{Name: "import programmes", Usage: "FILE", Help: "take a table of the city's programmes (CSV or Excel: field, office, programme, description, partners)", Setup: setupImport},
		{Name: "export programmes", Usage: "[FILE]", Help: "write the programmes in the layout that import reads", Setup: setupExport},
	}
}

func setupImport(fs *flag.FlagSet) func(context.Context, module.Env, []string) error {
	lang := fs.String("lang", "en", "language in which reasons are told")
	return func(ctx context.Context, env module.Env, args []string) error {
		if len(args) != 1 {
			return errOneFile
		}
		l, ok := i18n.ParseLang(*lang)
		if !ok {
			return errLang
		}
		in := io.NopCloser(env.Stdin)
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			in = f
		}
		defer in.Close()
		sheet, err := table.Read(args[0], in, table.Limits{})
		if err != nil {
			return err
		}
		sum, err := programme.Import(ctx, env.Deps.DB, db.Actor{Via: "cli"}, sheet)
		if err != nil {
			return err
		}
		out := bufio.NewWriter(env.Stdout)
		fmt.Fprintln(out, sum)
		loc := env.Deps.Catalog.For(l)
		for _, r := range sum.Refusals {
			fmt.Fprintf(out, "%d\t%s\t%s\n", r.Line, r.Column, loc.T(r.Key, r.Args...))
		}
		return out.Flush()
	}
}

func setupExport(fs *flag.FlagSet) func(context.Context, module.Env, []string) error {
	format := fs.String("format", table.UTF8CSV.String(), "utf8, cp932 or xlsx")
	return func(ctx context.Context, env module.Env, args []string) (err error) {
		f, ok := table.ParseFormat(*format)
		if !ok {
			return errFormat
		}
		all, err := programme.NewDirectory(env.Deps.DB).Get(ctx)
		if err != nil {
			return err
		}
		if len(args) == 0 {
			return table.Write(env.Stdout, f, programme.Header(), all.Lines())
		}
		out, err := os.Create(args[0])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, out.Close()) }()
		return table.Write(out, f, programme.Header(), all.Lines())
	}
}
