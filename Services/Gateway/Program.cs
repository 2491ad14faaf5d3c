using QatPipeline.Gateway;
using QatPipeline.Gateway.Api;
using QatPipeline.Gateway.Rpc;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddRunTracking().AddTrigger());
builder.AddApplicationServices();

var app = builder.Build();
app.UseExceptionHandler();
app.MapDefaultEndpoints();
app.MapOpenApi();
app.MapRuns();
app.MapGrpcService<GatewayService>();
app.Run();
