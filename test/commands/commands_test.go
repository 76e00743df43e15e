// Package commands holds the operator's commands to what their help and the
// operator's manual say, as the operator types them: testdata/*.txtar are
// scripts, and what a script cannot tell is in Go beside them.
//
// Beside the usual commands of package testscript the scripts have
//
//	city DIR                  the demo city, already filled, in DIR
//	up NAME COMMAND ...       start kakehashi COMMAND … on a free port; $NAME is its address
//	down NAME                 ask it to stop (SIGTERM): it must end well; its log is NAME.log
//	get STATUS URL [HEADER]   the page goes to the file "page"
//	post STATUS URL FORM      the answer goes to the file "page"
//	postgres NAME             $NAME is the URL of an empty PostgreSQL database
package commands

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"kakehashi/app"
	"kakehashi/platform/db"
	"kakehashi/platform/db/dbtest"
)

func TestMain(m *testing.M) {
	testscript.Main(tidy{m}, map[string]func(){
		"kakehashi": func() { os.Exit(app.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) },
	})
}

// tidy runs the tests and removes what they shared.
type tidy struct{ m *testing.M }

func (t tidy) Run() int {
	defer func() {
		if dir, err := demoCity(); err == nil {
			os.RemoveAll(filepath.Dir(dir))
		}
	}()
	return t.m.Run()
}

// demoCity returns a folder with the demo city, which is filled once.
var demoCity = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "kakehashi-commands-")
	if err != nil {
		return "", err
	}
	data := filepath.Join(dir, "city")
	cmd := exec.Command("kakehashi", "demo", "--fill-only", "--data", data)
	cmd.Stderr = os.Stderr
	return data, cmd.Run()
})

func copyCity(to string) error {
	from, err := demoCity()
	if err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		return err
	}
	return errors.Join(os.Chmod(to, 0o700), os.Chmod(filepath.Join(to, "keys.json"), 0o600))
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[running{}] = map[string]*server{}
			env.Defer(func() {
				for _, s := range env.Values[running{}].(map[string]*server) {
					s.kill()
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"city": func(ts *testscript.TestScript, _ bool, args []string) { ts.Check(copyCity(ts.MkAbs(args[0]))) },
			"postgres": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv(args[0], dbtest.URL(t, db.Postgres))
			},
			"up":   up,
			"down": down,
			"get":  get,
			"post": post,
		},
	})
}

// running is the key of the servers that a script has started.
type running struct{}

func up(ts *testscript.TestScript, _ bool, args []string) {
	cmd := exec.Command("kakehashi", append(args[1:], "--addr", "127.0.0.1:0")...)
	cmd.Dir = ts.MkAbs(".")
	s, err := startServer(cmd, ts.MkAbs(args[0]+".log"))
	ts.Check(err)
	ts.Value(running{}).(map[string]*server)[args[0]] = s
	ts.Setenv(args[0], s.url)
}

func down(ts *testscript.TestScript, _ bool, args []string) {
	all := ts.Value(running{}).(map[string]*server)
	s := all[args[0]]
	delete(all, args[0])
	ts.Check(s.stop())
}

func get(ts *testscript.TestScript, _ bool, args []string) {
	req, err := http.NewRequest(http.MethodGet, args[1], nil)
	ts.Check(err)
	if len(args) > 2 {
		name, value, _ := strings.Cut(args[2], ": ")
		req.Header.Set(name, value)
	}
	fetch(ts, req, args[0])
}

func post(ts *testscript.TestScript, _ bool, args []string) {
	form, err := url.ParseQuery(args[2])
	ts.Check(err)
	req, err := http.NewRequest(http.MethodPost, args[1], strings.NewReader(form.Encode()))
	ts.Check(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	fetch(ts, req, args[0])
}

func fetch(ts *testscript.TestScript, req *http.Request, want string) {
	res, err := http.DefaultTransport.RoundTrip(req)
	ts.Check(err)
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("page"), page, 0o600))
	if strconv.Itoa(res.StatusCode) != want {
		ts.Fatalf("%s %s: %s instead of %s", req.Method, req.URL, res.Status, want)
	}
}
