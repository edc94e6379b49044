module example {
  requires io.github.tokenfactory;
  requires io.github.tokenfactory.drift;
  requires jdk.httpserver; // for the HTTP server of the test
}
