// Package app puts platform, engines and domains together and is the program's
// commands: serve, demo, migrate, import, export, backup, restore, doctor,
// token, bench, and those that the modules bring.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"

	"kakehashi/app/bench"
	"kakehashi/domains"
	"kakehashi/platform/module"
)

// Exit codes of the program.
const (
	exitOK    = 0
	exitError = 1 // it was tried and failed
	exitUsage = 2 // the words on the command line are off
)

// run is what a command works with: its standing streams and logger.
type run struct {
	in       io.Reader
	out, err io.Writer
	cfg      *Config
	log      *slog.Logger
}

// command is one command of the operator's.
type command struct {
	usage, help string
	// setup declares the command's own flags and returns what runs it.
	setup func(*flag.FlagSet) func(ctx context.Context, r *run, args []string) error
}

var errUsage = errors.New("usage")

// commands are the operator's commands; those of modules are added by Main.
func commands() map[string]command {
	return map[string]command{
		"serve":   {"", "serve the city in the data folder", serveCommand},
		"demo":    {"", "fill an empty data folder with the demo city, and serve it", demoCommand},
		"migrate": {"[--from URL --to URL]", "bring the tables up to date, or move a city between engines", migrateCommand},
		"backup":  {"FILE", "write everything the city holds, without the keys, into one file", backupCommand},
		"restore": {"FILE", "read a backup into an empty data folder", restoreCommand},
		"doctor":  {"[audit]", "explain the settings and check the city", doctorCommand},
		"version": {"", "say which version this is", versionCommand},
	}
}

// Main runs the command in args and returns the exit code of the process.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	all := commands()
	for _, mc := range domains.Commands() {
		all[mc.Name] = moduleCommand(mc)
	}
	for _, b := range bench.All() {
		all["bench "+b.Name] = benchCommand(b)
	}
	name, rest := match(all, args)
	if name == "" {
		help(errOut, all)
		if len(args) > 0 && (args[0] == "help" || args[0] == "--help" || args[0] == "-h") {
			return exitOK
		}
		return exitUsage
	}
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.Usage = func() {
		fmt.Fprintf(errOut, "kakehashi %s [flags] %s\n    %s\n\n", name, all[name].usage, all[name].help)
		fs.PrintDefaults()
	}
	cfg := flags(fs, os.Getenv)
	do := all[name].setup(fs)
	operands, err := parseMixed(fs, rest)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		return exitUsage
	}
	if err := cfg.settle(fs); err != nil {
		fmt.Fprintln(errOut, "kakehashi:", err)
		return exitUsage
	}
	log, err := cfg.logger(errOut)
	if err != nil {
		fmt.Fprintln(errOut, "kakehashi:", err)
		return exitUsage
	}
	err = do(ctx, &run{in: in, out: out, err: errOut, cfg: cfg, log: log}, operands)
	switch {
	case errors.Is(err, errUsage):
		fs.Usage()
		return exitUsage
	case err != nil:
		fmt.Fprintln(errOut, "kakehashi:", err)
		return exitError
	}
	return exitOK
}

// match finds the longest command that the words in args begin with, and
// returns it with the words that follow.
func match(all map[string]command, args []string) (name string, rest []string) {
	for n := min(3, len(args)); n > 0; n-- {
		words := strings.Join(args[:n], " ")
		if _, ok := all[words]; ok {
			return words, args[n:]
		}
	}
	return "", nil
}

// parseMixed parses flags that stand before, between or after operands, and
// returns the operands.
func parseMixed(fs *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			return operands, nil
		}
		operands = append(operands, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// help lists the commands.
func help(w io.Writer, all map[string]command) {
	fmt.Fprint(w, "kakehashi: a city's place of collaboration\n\n")
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(w, "  %-34s %s\n", strings.TrimSpace(name+" "+all[name].usage), all[name].help)
	}
	fmt.Fprint(w, "\nFlags of a command: kakehashi COMMAND --help\n")
}

// moduleCommand makes a command of the operator's from a module's.
func moduleCommand(mc module.Command) command {
	return command{mc.Usage, mc.Help, func(fs *flag.FlagSet) func(context.Context, *run, []string) error {
		do := mc.Setup(fs)
		return func(ctx context.Context, r *run, args []string) error {
			env := module.Env{Stdin: r.in, Stdout: r.out, Stderr: r.err}
			if mc.Bare {
				return do(ctx, env, args)
			}
			c, err := openCity(ctx, r.cfg, r.log, false, true)
			if err != nil {
				return err
			}
			defer c.close()
			if err := c.migrate(ctx); err != nil {
				return err
			}
			env.Deps = c.deps
			return do(ctx, env, args)
		}
	}}
}
