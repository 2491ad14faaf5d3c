namespace QatPipeline.AspireLocal.Tests.Publishing;

public class ManifestWriterTests
{
    [Fact]
    public async Task Manifest_OfASmallModel_IsWhatAspireWrites()
    {
        using var folder = new ScratchFolder();
        var file = folder.PathOf("aspire-manifest.json");
        var builder = DistributedApplication.CreateBuilder(["--publisher", "manifest", "--output-path", file]);
        var password = builder.AddParameter("password", secret: true);
        var broker = builder.AddContainer("broker", "docker.io/library/rabbitmq", "4")
            .WithVolume("data", "/var/lib/rabbitmq")
            .WithEnvironment("PASSWORD", password)
            .WithEndpoint(targetPort: 5672, scheme: "tcp", name: "amqp");
        var amqp = broker.GetEndpoint("amqp");
        var messaging = builder.AddConnectionString("messaging", ReferenceExpression.Create(
            $"amqp://qat:{password}@{amqp.Property(EndpointProperty.Host)}:{amqp.Property(EndpointProperty.Port)}"));
        var blobs = builder.AddConnectionString("blobs");
        var loading = builder.AddProject("data-loading", folder.PathOf("Services", "Loading.csproj"))
            .WithHttpEndpoint()
            .WithHttpEndpoint(name: "grpc")
            .WithEndpoint("grpc", endpoint => endpoint.Transport = "http2");
        builder.AddProject("gateway", folder.PathOf("Services", "Gateway.csproj"))
            .WithHttpEndpoint(port: 8080)
            .WithExternalHttpEndpoints()
            .WithReference(messaging)
            .WithReference(blobs)
            .WithReference(loading)
            .WaitFor(messaging);
        builder.AddExecutable("tool", "node", folder.PathOf("tools"), "main.js").WithHttpEndpoint(env: "PORT");

        await builder.Build().RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Expected, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
    }

    // Checked against Aspire.Hosting's own rules: HTTP_PORTS for projects, no target port for a project's first HTTP endpoint,
    // ports from 8000 on for the others.
    private const string Expected = """
        {
          "$schema": "https://json.schemastore.org/aspire-8.0.json",
          "resources": {
            "password": {
              "type": "parameter.v0",
              "value": "{password.inputs.value}",
              "inputs": {
                "value": {
                  "type": "string",
                  "secret": true
                }
              }
            },
            "broker": {
              "type": "container.v0",
              "image": "docker.io/library/rabbitmq:4",
              "volumes": [
                {
                  "name": "data",
                  "target": "/var/lib/rabbitmq",
                  "readOnly": false
                }
              ],
              "env": {
                "PASSWORD": "{password.value}"
              },
              "bindings": {
                "amqp": {
                  "scheme": "tcp",
                  "protocol": "tcp",
                  "transport": "tcp",
                  "targetPort": 5672
                }
              }
            },
            "messaging": {
              "type": "value.v0",
              "connectionString": "amqp://qat:{password.value}@{broker.bindings.amqp.host}:{broker.bindings.amqp.port}"
            },
            "blobs": {
              "type": "parameter.v0",
              "connectionString": "{blobs.value}",
              "value": "{blobs.inputs.value}",
              "inputs": {
                "value": {
                  "type": "string",
                  "secret": true
                }
              }
            },
            "data-loading": {
              "type": "project.v0",
              "path": "Services/Loading.csproj",
              "env": {
                "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY": "in_memory",
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true",
                "HTTP_PORTS": "{data-loading.bindings.http.targetPort};{data-loading.bindings.grpc.targetPort}"
              },
              "bindings": {
                "http": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http"
                },
                "grpc": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http2",
                  "targetPort": 8000
                }
              }
            },
            "gateway": {
              "type": "project.v0",
              "path": "Services/Gateway.csproj",
              "env": {
                "OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY": "in_memory",
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED": "true",
                "HTTP_PORTS": "{gateway.bindings.http.targetPort}",
                "ConnectionStrings__messaging": "{messaging.connectionString}",
                "ConnectionStrings__blobs": "{blobs.connectionString}",
                "DATA_LOADING_HTTP": "{data-loading.bindings.http.url}",
                "services__data-loading__http__0": "{data-loading.bindings.http.url}",
                "DATA_LOADING_GRPC": "{data-loading.bindings.grpc.url}",
                "services__data-loading__grpc__0": "{data-loading.bindings.grpc.url}"
              },
              "bindings": {
                "http": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http",
                  "port": 8080,
                  "external": true
                }
              }
            },
            "tool": {
              "type": "executable.v0",
              "workingDirectory": "tools",
              "command": "node",
              "args": [
                "main.js"
              ],
              "env": {
                "PORT": "{tool.bindings.http.targetPort}"
              },
              "bindings": {
                "http": {
                  "scheme": "http",
                  "protocol": "tcp",
                  "transport": "http",
                  "targetPort": 8001
                }
              }
            }
          }
        }
        """;
}
