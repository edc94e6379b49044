module example {
  requires io.github.tokenfactory;
  requires jdk.httpserver; // the server of the test
}
