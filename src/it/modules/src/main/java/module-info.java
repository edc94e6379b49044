module example {
  requires io.github.tokenfactory;
  requires io.github.tokenfactory.drift;
  requires jdk.httpserver; // the server of the test
}
