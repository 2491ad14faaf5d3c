using OpenTelemetry;
using OpenTelemetry.Trace;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOpenTelemetry().UseOtlpExporter().WithTracing(tracing => tracing.AddAspNetCoreInstrumentation());
var app = builder.Build();

app.MapGet("/health", () => "healthy");
app.MapGet("/variables/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? string.Empty);

app.Run();
