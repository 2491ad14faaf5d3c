using QatPipeline.CocoEvaluation.Scoring;
using QatPipeline.Engines;
using QatPipeline.Pipeline.Stages;
using QatPipeline.ServiceDefaults.Backends;
using QatPipeline.ServiceDefaults.Datasets;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(pipeline => pipeline.AddStage<EvaluateStage>());
builder.AddModelBackend("onnx-runtime", OrtCpuBackend.LoadNow);
builder.AddImageSource();
builder.Services.AddSingleton<GroundTruthCache>();
builder.Services.AddGrpc();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGrpcService<ScoringService>();
app.Run();
