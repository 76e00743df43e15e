package module

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"kakehashi/platform/db"
	"kakehashi/platform/i18n"
	"kakehashi/platform/table"
)

var (
	errFormat = errors.New("--format is utf8, cp932 or xlsx")
	errLang   = errors.New("--lang is one of the ten languages, ja or en for example")
)

// Import is the command `kakehashi import <what> FILE`: it hands the table in
// the file, - for the standard input, to take, and tells what came in and line
// by line what was refused: row, column, reason.
func Import(what, help string, take func(context.Context, *db.DB, db.Actor, *table.Sheet) (table.Summary, error)) Command {
	setup := func(fs *flag.FlagSet) func(context.Context, Env, []string) error {
		lang := fs.String("lang", string(i18n.En), "language in which reasons are told")
		return func(ctx context.Context, env Env, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("import %s takes one FILE, - for the standard input", what)
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
			sum, err := take(ctx, env.Deps.DB, db.Actor{Via: "cli"}, sheet)
			if err != nil {
				return err
			}
			return report(env.Stdout, sum, env.Deps.Catalog.For(l))
		}
	}
	return Command{Name: "import " + what, Usage: "FILE", Help: help, Setup: setup}
}

// report writes the summary, and one line a refusal.
func report(w io.Writer, sum table.Summary, loc *i18n.Localizer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, sum)
	for _, r := range sum.Refusals {
		fmt.Fprintf(out, "%d\t%s\t%s\n", r.Line, r.Column, loc.T(r.Key, r.Args...))
	}
	return out.Flush()
}

// Export is the command `kakehashi export <what> [FILE]`: it writes what read
// returns, by give, to the standard output when there is no FILE. Nothing is written, and
// no file made, before read has succeeded.
func Export[T any](what, help string, read func(context.Context, *db.DB) (T, error), give func(io.Writer, table.Format, T) error) Command {
	setup := func(fs *flag.FlagSet) func(context.Context, Env, []string) error {
		format := fs.String("format", table.UTF8CSV.String(), "utf8, cp932 or xlsx")
		return func(ctx context.Context, env Env, args []string) (err error) {
			f, ok := table.ParseFormat(*format)
			if !ok {
				return errFormat
			}
			all, err := read(ctx, env.Deps.DB)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return give(env.Stdout, f, all)
			}
			out, err := os.Create(args[0])
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, out.Close()) }()
			return give(out, f, all)
		}
	}
	return Command{Name: "export " + what, Usage: "[FILE]", Help: help, Setup: setup}
}
